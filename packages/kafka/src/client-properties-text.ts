/**
 * Java's .properties syntax, as java.util.Properties.load(InputStream) reads it (and so every Kafka tool): ISO-8859-1,
 * `=`, `:` or white space between key and value, `#` and `!` comments, `\` at the end of a line, `\uXXXX`.
 *
 * Lines are put together here and given one at a time to the library `properties-file`. Given a whole file, the library
 * reads a line that is only a backslash, and a key named __proto__, in another way than Java.
 */

import { Properties } from 'properties-file/parser'

/** A malformed `\u` escape. `line` counts from 1. The text of the line is left out: it may hold a secret. */
export class PropertiesSyntaxError extends Error {
  readonly line: number

  constructor(line: number) {
    super(`line ${line}: "\\u" must be followed by four hexadecimal digits`)
    this.name = 'PropertiesSyntaxError'
    this.line = line
  }
}

/** Keys and values of a file; a key that stands twice keeps its last value. Throws PropertiesSyntaxError. */
export function parsePropertiesText(bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { text, line } of logicalLines(Buffer.from(bytes).toString('latin1'))) {
    for (const { key, value } of propertiesOf(text, line)) found.set(key, value)
  }
  return found
}

function propertiesOf(text: string, line: number): { key: string; value: string }[] {
  if (text === '') return [{ key: '', value: '' }]
  try {
    return new Properties(text).nodes.flatMap((node) =>
      node.type === 'property' ? [{ key: node.key, value: node.value }] : [],
    )
  } catch {
    throw new PropertiesSyntaxError(line)
  }
}

/** Lines with their continuations, without comments and blank lines. */
function* logicalLines(text: string): Generator<{ text: string; line: number }> {
  let logical = ''
  let startedAt = 0
  let bareAt: number | undefined
  let continued = false
  const lines = text.split(/\r\n|\r|\n/)
  for (const [index, natural] of lines.entries()) {
    const part = natural.replace(/^[ \t\f]+/, '')
    // Java looks for a comment wherever the logical line is still empty, so also after a line of only a backslash.
    const ignored = logical === '' && (part === '' || part.startsWith('#') || part.startsWith('!'))
    if (!ignored) {
      if (logical === '') startedAt = index + 1
      if (logical === '' && part === '\\') bareAt = index
      continued = endsInOpenBackslash(part)
      logical += continued ? part.slice(0, -1) : part
    } else if (part !== '') {
      continued = false
    }
    if (logical !== '' && !continued) {
      yield { text: logical, line: startedAt }
      logical = ''
    }
  }
  // Java makes an empty pair of a file that ends in a line of only a backslash.
  const lastLine = lines.at(-1) === '' ? lines.length - 2 : lines.length - 1
  const endsBare = bareAt === lastLine && !text.endsWith('\r\n')
  if (logical !== '' || endsBare) yield { text: logical, line: startedAt }
}

function endsInOpenBackslash(text: string): boolean {
  return (/\\+$/.exec(text)?.[0].length ?? 0) % 2 === 1
}
