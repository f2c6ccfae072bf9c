import { z } from 'zod'
import { dateTimePattern, hasRealDay } from './date-time.ts'

/** How a column's value travels: as a JSON number without or with a fraction, as text, or as DATETIME text. */
export type ColumnKind = 'integer' | 'number' | 'text' | 'datetime'

/** One column of a table. Build it with {@link int}, {@link varchar}, {@link text}, {@link float} or {@link dateTime}. */
export type Column = {
  readonly name: string
  readonly kind: ColumnKind
  /** The type in `CREATE TABLE`, e.g. `VARCHAR(255)`. */
  readonly mysqlType: string
  readonly nullable: boolean
  readonly description: string
  /** One value as it travels. Refuses exactly what the MySQL column could not hold. */
  readonly schema: z.ZodType
}

/** FLT_MAX: the largest finite value of a MySQL FLOAT. */
const largestFloat = 3.402_823_466_385_288_6e38
/** A TEXT column holds this many bytes (MySQL manual, "String Type Storage Requirements"). */
const textBytes = 65_535

/** `INT`: a JSON number, −2^31 to 2^31 − 1. */
export function int(name: string, description: string): Column {
  return column(name, 'integer', 'INT', description, z.int32())
}

/** `VARCHAR(length)` in utf8mb4: well-formed text of at most `length` characters (code points, as MySQL counts). */
export function varchar(name: string, length: number, description: string): Column {
  const schema = z
    .string()
    .refine((value) => value.length <= length || Array.from(value).length <= length, {
      error: `longer than ${length} characters`,
      abort: true,
    })
    .refine(isWellFormed, notWellFormed)
    .meta({ maxLength: length })
  return column(name, 'text', `VARCHAR(${length})`, description, schema)
}

/** `TEXT` in utf8mb4: well-formed text of at most 65,535 bytes of UTF-8. */
export function text(name: string, description: string): Column {
  const schema = z
    .string()
    // A UTF-16 unit takes at most three bytes, so the usual short text is not encoded to be measured.
    .refine((value) => value.length * 3 <= textBytes || new TextEncoder().encode(value).length <= textBytes, {
      error: `longer than ${textBytes} bytes`,
      abort: true,
    })
    .refine(isWellFormed, notWellFormed)
    .meta({ maxLength: textBytes })
  return column(name, 'text', 'TEXT', description, schema)
}

/** `FLOAT`: a finite JSON number. Digits beyond a FLOAT's six are kept, because a DOUBLE column may stand in. */
export function float(name: string, description: string): Column {
  const schema = z.number().min(-largestFloat).max(largestFloat)
  return column(name, 'number', 'FLOAT', description, schema)
}

/** `DATETIME`: text, `YYYY-MM-DD HH:MM:SS[.ffffff]`, without a zone. */
export function dateTime(name: string, description: string): Column {
  const reason = 'not a date and time like YYYY-MM-DD HH:MM:SS'
  const schema = z
    .string()
    .regex(dateTimePattern, { error: reason, abort: true })
    .refine(hasRealDay, { error: 'a date or time that does not exist' })
  return column(name, 'datetime', 'DATETIME', description, schema)
}

/** The same column, where SQL NULL (JSON `null`) is a value too. */
export function nullable(of: Column): Column {
  return { ...of, nullable: true, schema: of.schema.nullable().describe(of.description) }
}

const notWellFormed = { error: 'text that is not well-formed Unicode' }

function isWellFormed(value: string): boolean {
  return value.isWellFormed()
}

function column(
  name: string,
  kind: ColumnKind,
  mysqlType: string,
  description: string,
  schema: z.ZodType,
): Column {
  return { name, kind, mysqlType, nullable: false, description, schema: schema.describe(description) }
}
