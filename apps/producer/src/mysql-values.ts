/**
 * Turns what mysql2's binary protocol returns into values that travel. It assumes the connection options of
 * mysql-source.ts: dates, BIGINT, DECIMAL and JSON come as text, so that nothing was rounded before it got here.
 */

import { type Row } from '@pinpipe/schema/table'

/** Type codes of the MySQL protocol (mysql.h, `enum_field_types`), as far as their values need work. */
const columnTypes = { float: 4, bigint: 8, varchar: 15, bit: 16, firstText: 249, lastText: 254 } as const

/** The character set `binary`: it turns a TEXT type into a BLOB or BINARY one, whose value arrives as bytes. */
const binaryCharacterSet = 63

export type ResultColumn = {
  readonly name: string
  readonly columnType?: number | undefined
  readonly characterSet?: number | undefined
}

/**
 * @returns a function that makes a row of these columns ready to travel: FLOAT as its shortest decimal, BIGINT as a number
 * where that is exact, BIT as a number, bytes as base64. It changes the row in place: rows are many.
 */
export function rowDecoder(columns: readonly ResultColumn[]): (row: Record<string, unknown>) => Row {
  const steps = columns.flatMap((column) => {
    const decode = decoderOf(column)
    return decode === undefined ? [] : [{ name: column.name, decode }]
  })
  return (row) => {
    for (const { name, decode } of steps) row[name] = decode(row[name])
    return row
  }
}

function decoderOf({
  columnType = 0,
  characterSet,
}: ResultColumn): ((value: unknown) => unknown) | undefined {
  switch (columnType) {
    case columnTypes.float:
      return (value) => (typeof value === 'number' ? shortestFloat(value) : value)
    case columnTypes.bigint:
      return (value) => (typeof value === 'string' ? exactInteger(value) : value)
    case columnTypes.bit:
      return (value) => (value instanceof Uint8Array ? exactInteger(bitsText(value)) : value)
    default: {
      const isText =
        columnType === columnTypes.varchar ||
        (columnType >= columnTypes.firstText && columnType <= columnTypes.lastText)
      if (!isText || characterSet !== binaryCharacterSet) return undefined
      return (value) => (value instanceof Uint8Array ? base64(value) : value)
    }
  }
}

/**
 * The shortest decimal that is the same FLOAT. A FLOAT arrives as the double nearest to its 32 bits, -89.9787 as
 * -89.97869873046875; MySQL itself prints six digits, which is enough for what was stored with six, and up to nine are
 * needed for the rest.
 */
export function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (Math.fround(candidate) === value) return candidate
  }
  return Number(value.toPrecision(9))
}

/** A number where a number is exact, else the text itself. */
function exactInteger(text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}

/** BIT(n) arrives as big-endian bytes. */
function bitsText(bytes: Uint8Array): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  return bits.toString()
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
