/** The types a setting can have: how its text is read, what a good value looks like, how it is written in help. */
import { durationExample, formatDuration, parseDuration, writeDuration } from './duration.ts'
import { parseRate, rateExample } from './count.ts'
import { formatSize, parseSize, sizeExample, writeSize } from './size.ts'

/**
 * `takes` is the placeholder in help (`SIZE`); `shape` says how often the flag may stand and whether it takes a value:
 * `switch` (`--x`, `--no-x`), `once`, `many`. `parse` gets all given texts (one, but for `many`), none of them empty,
 * and throws a `BadValue`.
 */
export type SettingType<T> = {
  readonly takes: string
  readonly shape: 'switch' | 'once' | 'many'
  parse(texts: readonly string[]): T
  /** The value as a user would write it. */
  show(value: T): string
}

/**
 * Why a value is not good. `reason` continues the sentence "--flag: <value> …" and must never hold the value, which
 * may be a secret.
 */
export class BadValue extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.name = 'BadValue'
    this.reason = reason
  }
}

/** A type that reads one text. `parse` throws `BadValue` with a reason that does not hold the text. */
function custom<T>(options: {
  readonly takes: string
  readonly parse: (text: string) => T
  readonly show?: (value: T) => string
}): SettingType<T> {
  return {
    takes: options.takes,
    shape: 'once',
    parse: ([text = '']) => options.parse(text),
    show: options.show ?? String,
  }
}

function plainText(
  options: { readonly takes?: string; readonly pattern?: RegExp; readonly expects?: string } = {},
): SettingType<string> {
  const parse = (value: string): string => {
    if (options.pattern?.test(value) === false) {
      throw new BadValue(options.expects === undefined ? 'is not valid' : `is not ${options.expects}`)
    }
    return value
  }
  return custom({ takes: options.takes ?? 'TEXT', parse })
}

function oneOf<const T extends string>(choices: readonly T[]): SettingType<T> {
  const parse = (value: string): T => {
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw new BadValue(`is not one of ${choices.join(', ')}`)
    return found
  }
  return custom({ takes: choices.join('|'), parse })
}

function integer(options: { readonly min?: number; readonly max?: number } = {}): SettingType<number> {
  const min = options.min ?? Number.MIN_SAFE_INTEGER
  const max = options.max ?? Number.MAX_SAFE_INTEGER
  const parse = (value: string): number => {
    const number = Number(value)
    if (!/^[+-]?\d+$/.test(value))
      throw new BadValue('is not a whole number: write it in digits, without a point or a unit')
    if (number < min) throw new BadValue(`is too small: at least ${min}`)
    if (number > max) throw new BadValue(`is too large: at most ${max}`)
    return number
  }
  return custom({ takes: 'N', parse })
}

const trueWords: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on'])
const falseWords: ReadonlySet<string> = new Set(['false', '0', 'no', 'off'])

function boolean(): SettingType<boolean> {
  return { takes: 'true|false', shape: 'switch', parse: ([value = '']) => readBoolean(value), show: String }
}

function readBoolean(value: string): boolean {
  const word = value.toLowerCase()
  if (trueWords.has(word)) return true
  if (falseWords.has(word)) return false
  throw new BadValue('is neither true nor false')
}

function size(options: { readonly minBytes?: number; readonly maxBytes?: number } = {}): SettingType<number> {
  const parse = (value: string): number => {
    const sizeBytes = parseSize(value)
    if (sizeBytes === undefined)
      throw new BadValue(`is not a size: write a number and a unit, such as ${sizeExample}`)
    if (sizeBytes < (options.minBytes ?? 0))
      throw new BadValue(`is too small: at least ${formatSize(options.minBytes ?? 0)}`)
    if (sizeBytes > (options.maxBytes ?? Infinity))
      throw new BadValue(`is too large: at most ${formatSize(options.maxBytes ?? 0)}`)
    return sizeBytes
  }
  return custom({ takes: 'SIZE', parse, show: writeSize })
}

/** The longest time a timer of Node can wait: a longer one fires at once, so it is refused unless `maxMs` says more. */
export const longestTimerMs = 2_147_483_647

function duration(options: { readonly minMs?: number; readonly maxMs?: number } = {}): SettingType<number> {
  const { minMs = 0, maxMs = longestTimerMs } = options
  const parse = (value: string): number => {
    const durationMs = parseDuration(value)
    if (durationMs === undefined)
      throw new BadValue(`is not a duration: write a number and a unit, such as ${durationExample}`)
    if (durationMs < minMs) throw new BadValue(`is too short: at least ${formatDuration(minMs)}`)
    if (durationMs > maxMs) throw new BadValue(`is too long: at most ${formatDuration(maxMs)}`)
    return durationMs
  }
  return custom({ takes: 'DURATION', parse, show: writeDuration })
}

function rate(): SettingType<number> {
  return custom({ takes: 'RATE', parse: readRate, show: (perSecond) => `${perSecond}/s` })
}

function readRate(value: string): number {
  const perSecond = parseRate(value)
  if (perSecond === undefined) throw new BadValue(`is not a rate above 0: write ${rateExample}`)
  return perSecond
}

/** `a,b` and the flag many times are the same. Spaces around an entry are dropped; an empty or repeated entry is wrong. */
function list(options: { readonly takes?: string } = {}): SettingType<readonly string[]> {
  return {
    takes: options.takes ?? 'A,B',
    shape: 'many',
    parse: readList,
    show: (entries) => entries.join(','),
  }
}

function readList(texts: readonly string[]): readonly string[] {
  const entries = texts.flatMap((value) => value.split(',')).map((entry) => entry.trim())
  if (entries.includes('')) throw new BadValue('has an empty entry: write a,b without a comma too many')
  if (new Set(entries).size < entries.length)
    throw new BadValue('names an entry twice: leave one of them out')
  return entries
}

/** The flag may stand many times and each value is one entry, commas included (`--config k=v --config k2=v2`). */
function repeated<T>(inner: SettingType<T>): SettingType<readonly T[]> {
  return {
    takes: inner.takes,
    shape: 'many',
    parse: (texts) => texts.map((value) => inner.parse([value])),
    show: (values) => values.map((value) => inner.show(value)).join(' '),
  }
}

/** A path. Whether the file exists is found out by the one who opens it. */
function file(): SettingType<string> {
  return plainText({ takes: 'FILE' })
}

/** A regular expression of JavaScript, with the `u` flag. It is not anchored: the setting's description says what is matched. */
function regex(): SettingType<RegExp> {
  return custom({ takes: 'REGEX', parse: readRegex, show: (value) => value.source })
}

function readRegex(value: string): RegExp {
  try {
    return new RegExp(value, 'u')
  } catch (error) {
    // The message is "Invalid regular expression: /<the value>/u: <why>"; only the last part may be shown.
    const why = error instanceof Error ? error.message.slice(error.message.lastIndexOf(': ') + 2) : 'unknown'
    throw new BadValue(`is not a regular expression (${why.toLowerCase()})`)
  }
}

/** A URL of one of the schemes, written without the colon (`['mysql']`); any scheme when none is named. */
function url(options: { readonly schemes?: readonly string[] } = {}): SettingType<URL> {
  const example = `${options.schemes?.[0] ?? 'https'}://host`
  const parse = (value: string): URL => {
    const parsed = URL.parse(value)
    if (parsed === null) throw new BadValue(`is not a URL: write it like ${example}`)
    if (options.schemes?.includes(parsed.protocol.slice(0, -1)) === false) {
      throw new BadValue(
        `begins with the wrong scheme: ${options.schemes.map((scheme) => `${scheme}://`).join(' or ')} is expected`,
      )
    }
    return parsed
  }
  return custom({ takes: 'URL', parse, show: (value) => value.href })
}

export const types = {
  text: plainText,
  oneOf,
  integer,
  boolean,
  size,
  duration,
  rate,
  list,
  repeated,
  file,
  regex,
  url,
  custom,
} as const
