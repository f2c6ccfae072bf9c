/**
 * Patterns of `--partition-by time:<pattern>`, as Kafka Connect's TimeBasedPartitioner takes them in `path.format`:
 * `'year'=YYYY/'month'=MM/'day'=dd/'hour'=HH`. Letters are fields of the time, text in quotes and everything that is no
 * letter stands for itself. `hour` and the like are short for the pattern above.
 *
 * Fields: `yyyy` or `YYYY` year · `MM` month · `dd` day · `HH` hour (00–23) · `mm` minute · `ss` second.
 */

const year = "'year'=yyyy"
const month = `${year}/'month'=MM`
const day = `${month}/'day'=dd`
const hour = `${day}/'hour'=HH`
/** Patterns by name. */
const namedPatterns: Readonly<Record<string, string>> = {
  year,
  month,
  day,
  hour,
  minute: `${hour}/'minute'=mm`,
}

const fields = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'] as const
type Field = (typeof fields)[number]

export type TimePattern = {
  /** Times that agree in this many milliseconds since 1970, rounded down, have the same path. */
  readonly stepMs: number
  /** @param localMs the wall clock's time as if it were UTC, in milliseconds since 1970; years 1 to 9999 */
  print(localMs: number): string
}

/** Reads a pattern or the name of one. Throws a RangeError with the end of a sentence that begins with the pattern. */
export function timePatternOf(text: string): TimePattern {
  const parts = partsOf(namedPatterns[text] ?? text)
  const path = parts.map((part) => (part.isField ? '' : part.text)).join('')
  if (!parts.some(({ isField }) => isField)) throw new RangeError('has no field of a time, such as yyyy')
  // What is printed has to be folders below the topic, and readers skip names that begin with a dot.
  const folders = parts.map((part) => (part.isField ? '0' : part.text)).join('')
  if (folders.split('/').some((folder) => folder === '' || folder.startsWith('.')))
    throw new RangeError('has a folder without a name, or one that begins with a dot')
  if (!/^[\w=/ .+,@~-]*$/.test(path)) throw new RangeError('holds a character that is not safe in a path')
  const isFine = parts.some((part) => part.isField && part.text === 'ss')
  return {
    stepMs: isFine ? 1_000 : 60_000,
    print(localMs) {
      const time = new Date(localMs)
      return parts.map((part) => (part.isField ? printed[part.text](time) : part.text)).join('')
    },
  }
}

type Part =
  | { readonly isField: true; readonly text: Field }
  | { readonly isField: false; readonly text: string }

function partsOf(pattern: string): Part[] {
  return Array.from(
    pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g),
    ([text, quoted]): Part => {
      if (text === "'") throw new RangeError('has a quote that is not closed')
      if (quoted !== undefined)
        return { isField: false, text: quoted === '' ? "'" : quoted.replaceAll("''", "'") }
      if (!/^[A-Za-z]/.test(text)) return { isField: false, text }
      const known = text === 'YYYY' ? 'yyyy' : fields.find((field) => field === text)
      if (known !== undefined) return { isField: true, text: known }
      throw new RangeError(
        `has ${text}, which is none of ${fields.join(', ')}: put text in quotes, like 'year'=yyyy`,
      )
    },
  )
}

const printed: Readonly<Record<Field, (time: Date) => string>> = {
  yyyy: (time) => String(time.getUTCFullYear()).padStart(4, '0'),
  MM: (time) => twoDigits(time.getUTCMonth() + 1),
  dd: (time) => twoDigits(time.getUTCDate()),
  HH: (time) => twoDigits(time.getUTCHours()),
  mm: (time) => twoDigits(time.getUTCMinutes()),
  ss: (time) => twoDigits(time.getUTCSeconds()),
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
