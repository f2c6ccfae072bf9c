/** The value of `sasl.jaas.config`: one entry, `Module required key="value" key2=value2;`, as Kafka's JaasConfig reads it. */

import { type JaasToken, jaasTokens } from './jaas-tokens.ts'

export type JaasEntry = {
  /** The class name of the login module. */
  readonly module: string
  readonly flag: 'required' | 'requisite' | 'sufficient' | 'optional'
  /** The last one wins, as in Java. Values may be secrets. */
  readonly options: ReadonlyMap<string, string>
}

/** The message continues "sasl.jaas.config …" and holds no value: a broken quote can make a key of half a password. */
export class JaasSyntaxError extends Error {
  override readonly name = 'JaasSyntaxError'
}

const flags = ['required', 'requisite', 'sufficient', 'optional'] as const

// Only these names are repeated in a message: any other word may be a piece of a secret.
const namedOptions =
  /^(username|password|tokenauth|unsecuredLogin\w*|aws[A-Z]\w*|serviceName|useKeyTab|keyTab|principal)$/

/** The only entry of the value. Throws JaasSyntaxError for anything else. */
export function parseJaas(value: string): JaasEntry {
  const tokens = jaasTokens(value)
  if (tokens.length === 0) throw new JaasSyntaxError('is empty: write `Module required key="value";`')
  const { entry, next } = entryAt(tokens)
  if (next === tokens.length) return entry
  // What follows may be a second entry, or a mistake like two semicolons; Kafka takes neither.
  throw new JaasSyntaxError('has more than one entry: write one login module, and one `;` at its end')
}

function entryAt(tokens: readonly JaasToken[]): { entry: JaasEntry; next: number } {
  const module = textOf(tokens[0])
  if (module === undefined || module === '')
    throw new JaasSyntaxError("does not begin with a login module's class name")
  const flag = flagOf(tokens[1])
  const options = new Map<string, string>()
  let at = 2
  while (at < tokens.length && !isChar(tokens[at], ';')) {
    const key = textOf(tokens[at])
    const text = isChar(tokens[at + 1], '=') ? textOf(tokens[at + 2]) : undefined
    if (key === undefined || text === undefined) throw new JaasSyntaxError(brokenOption(key, tokens[at + 2]))
    options.set(key, text)
    at += 3
  }
  if (at >= tokens.length) throw new JaasSyntaxError('has no `;` at its end')
  return { entry: { module, flag, options }, next: at + 1 }
}

function flagOf(token: JaasToken | undefined): JaasEntry['flag'] {
  const text = textOf(token)?.toLowerCase()
  const flag = flags.find((each) => each === text)
  if (flag === undefined) throw new JaasSyntaxError(`needs one of ${flags.join(', ')} after the login module`)
  return flag
}

function brokenOption(key: string | undefined, value: JaasToken | undefined): string {
  const option = key !== undefined && namedOptions.test(key) ? `the option ${key}` : 'an option'
  const isNumber = value?.kind === 'other' && /[-.\d]/.test(value.char)
  const remedy = isNumber
    ? 'put the value in double quotes, since it begins like a number'
    : 'write key="value"'
  return `has no readable value for ${option}: ${remedy}`
}

function textOf(token: JaasToken | undefined): string | undefined {
  return token?.kind === 'text' ? token.text : undefined
}

function isChar(token: JaasToken | undefined, char: string): boolean {
  return token?.kind === 'other' && token.char === char
}
