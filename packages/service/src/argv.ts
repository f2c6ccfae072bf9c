/**
 * The command line, read with the tokens of `node:util` parseArgs: no value is understood here, only which setting
 * each flag belongs to and what was typed for it. Collects problems instead of stopping at the first.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { flagNamesOf, secretFlagNamesOf, type SettingsSpec } from './setting.ts'
import { didYouMean } from './suggestion.ts'

export type GivenFlags = {
  /** What was typed for each setting, in order, and the flag as it was typed. A switch gives `true` or `false`. */
  readonly given: ReadonlyMap<string, { readonly flag: string; readonly texts: readonly string[] }>
  readonly positionals: readonly string[]
  readonly problems: readonly string[]
}

type Target = { readonly key: string; readonly shape: 'switch' | 'once' | 'many'; readonly negated: boolean }
type Token = NonNullable<ReturnType<typeof tokensOf>>[number]

/** Which setting each flag name (without dashes) belongs to; `no-x` of a switch `x` included. */
function targetsOf(spec: SettingsSpec): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>()
  for (const [key, setting] of Object.entries(spec)) {
    const { shape } = setting.type
    for (const name of flagNamesOf(setting)) {
      targets.set(name, { key, shape, negated: false })
      if (shape === 'switch' && name.length > 1) targets.set(`no-${name}`, { key, shape, negated: true })
    }
  }
  return targets
}

function tokensOf(argv: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

/**
 * Reads a command line. `--flag value` and `--flag=value` are the same; a value that begins with `-` must be written
 * with `=`, unless it is a negative number. What follows `--` is positional.
 */
export function readFlags(spec: SettingsSpec, argv: readonly string[], hints: FlagHints = {}): GivenFlags {
  const targets = targetsOf(spec)
  const withoutFlag = secretFlagNamesOf(spec)
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, target] of targets)
    options[name] = optionFor(name, target.shape === 'switch' ? 'boolean' : 'string')
  for (const name of withoutFlag.keys()) options[name] ??= { type: 'string' }

  const { tokens, problems } = readTokens(argv, options)
  const given = new Map<string, { flag: string; texts: string[] }>()
  const positionals: string[] = []
  let unknownAt = -2
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      // What follows an unknown flag was most likely its value: one mistake, one problem.
      if (token.index !== unknownAt + 1) positionals.push(token.value)
      continue
    }
    const target = targets.get(token.name)
    if (target === undefined) {
      const setting = withoutFlag.get(token.name)
      if (setting === undefined && token.inlineValue !== true) unknownAt = token.index
      problems.push(setting ?? unknownFlag(token.rawName, targets, hints))
      continue
    }
    const text = textOf(token, target)
    if (text === undefined) {
      problems.push(missingValue(token, target))
      continue
    }
    const entry = given.get(target.key)
    if (entry === undefined) given.set(target.key, { flag: token.rawName, texts: [text] })
    else if (target.shape === 'many') entry.texts.push(text)
    else problems.push(twice(entry, { flag: token.rawName, text }))
  }
  return { given, positionals, problems }
}

/** `elsewhere` says which other command of the app has a flag (name without dashes → command). */
export type FlagHints = { readonly elsewhere?: ReadonlyMap<string, string> }

function optionFor(name: string, type: 'boolean' | 'string') {
  return name.length === 1 ? { type, short: name } : { type }
}

/**
 * Two things that parseArgs reads as something else are reported and put right, so that one mistake is one problem:
 * `--region --tls` (it takes `--tls` as the value) and `-topic x` (it takes that as `-t -o -p -i -c`).
 */
function readTokens(argv: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  const problems: string[] = []
  let rest = argv
  for (;;) {
    const tokens = tokensOf(rest, options)
    const wrong = tokens.find((token) => isSwallowing(token) || isSingleDashed(rest, token, options))
    if (wrong === undefined || wrong.kind !== 'option') return { tokens, problems }
    const typed = rest[wrong.index] ?? ''
    if (isSingleDashed(rest, wrong, options)) {
      problems.push(`${nameIn(typed)} is written with two dashes: -${nameIn(typed)}`)
      rest = rest.with(wrong.index, `-${typed}`)
    } else {
      problems.push(
        `${wrong.rawName} needs a value (write ${wrong.rawName}=VALUE if the value begins with a dash)`,
      )
      rest = rest.toSpliced(wrong.index, 1)
    }
  }
}

function isSwallowing(token: Token): boolean {
  return token.kind === 'option' && token.inlineValue !== true && looksLikeFlag(token.value)
}

function isSingleDashed(
  argv: readonly string[],
  token: Token,
  options: NonNullable<ParseArgsConfig['options']>,
): boolean {
  const typed = argv[token.index] ?? ''
  return token.kind === 'option' && /^-[a-z][a-z0-9-]+/i.test(typed) && nameIn(typed).slice(1) in options
}

/** The flag of `-topic=x`: `-topic`. */
function nameIn(typed: string): string {
  return typed.split('=', 1)[0] ?? typed
}

function looksLikeFlag(value: string | undefined): boolean {
  return value !== undefined && /^-[^\d.\s]/.test(value)
}

function textOf(token: Token & { kind: 'option' }, target: Target): string | undefined {
  if (target.shape !== 'switch') return token.value
  if (token.value === undefined) return target.negated ? 'false' : 'true'
  return target.negated ? undefined : token.value
}

function missingValue(token: Token & { kind: 'option' }, target: Target): string {
  return target.negated ? `${token.rawName} takes no value` : `${token.rawName} needs a value`
}

function twice(
  first: { readonly flag: string; readonly texts: readonly string[] },
  second: { readonly flag: string; readonly text: string },
): string {
  if (first.flag === second.flag) return `${second.flag} is given more than once: give it once`
  const isSame = first.texts.includes(second.text)
  return `${first.flag} and ${second.flag} ${isSame ? 'are the same setting' : 'contradict each other'}: give one of them`
}

function unknownFlag(flag: string, targets: ReadonlyMap<string, Target>, hints: FlagHints): string {
  const command = hints.elsewhere?.get(flag.replace(/^--?/, ''))
  if (command !== undefined) return `${flag} belongs to the command ${command}, not to this one`
  return `unknown flag ${flag}${didYouMean(flag, [...targets.keys()].map(dashed)) || ' (--help lists all)'}`
}

/** The flag as it is typed: `-o`, `--output`. */
export function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}
