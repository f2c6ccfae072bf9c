/**
 * JSON as bytes (RFC 8259): is it well formed, and does it fit on one line? Nothing is decoded, so no number and no
 * escape can change. `scanJson` accepts exactly what `JSON.parse` accepts, for bytes that are UTF-8.
 *
 * Hot: one call a record. One pass, no allocation (nesting is kept in a bit stack that is reused), about 1 ns a byte.
 */
import { isUtf8 } from 'node:buffer'

/** `lines`: well formed, but with a line feed or a carriage return between its tokens: readers take either for the end of a line. */
export type JsonShape = 'line' | 'lines' | 'not-json' | 'not-utf8'

const [quote, backslash, minus, plus, dot, colon, comma] = [0x22, 0x5c, 0x2d, 0x2b, 0x2e, 0x3a, 0x2c]
const [braceOpen, braceClose, bracketOpen, bracketClose] = [0x7b, 0x7d, 0x5b, 0x5d]
const [lineFeed, carriageReturn, tab, space] = [0x0a, 0x0d, 0x09, 0x20]

/** `true`, `false`, `null` without their first letter. */
const literalRests: ReadonlyMap<number, string> = new Map([
  [0x74, 'rue'],
  [0x66, 'alse'],
  [0x6e, 'ull'],
])

/** What may come next. After a value at depth 0 only white space may. */
const next = { value: 0, valueOrEnd: 1, key: 2, keyOrEnd: 3, after: 4 } as const

/** 1 for the bytes that are more than text inside a string: the quote, the backslash, control characters. */
const endsPlainText = new Uint8Array(256).map((_, byte) =>
  byte < space || byte === quote || byte === backslash ? 1 : 0,
)

/** One byte a level: 1 = object, 0 = array. Grown when a value is nested deeper; kept, as scans do not overlap. */
let nesting = new Uint8Array(256)

/** Checks one JSON text, white space around it included. Empty bytes are not JSON. */
export function scanJson(bytes: Uint8Array): JsonShape {
  const end = bytes.length
  let depth = 0
  let expected: number = next.value
  let hasLineBreak = false
  let all = 0
  let i = 0
  while (i < end) {
    const byte = bytes[i] ?? 0
    i++
    if (byte === space || byte === lineFeed || byte === carriageReturn || byte === tab) {
      if (byte === lineFeed || byte === carriageReturn) hasLineBreak = true
      continue
    }
    if (expected === next.after) {
      if (depth === 0) return 'not-json'
      const inObject = nesting[depth] === 1
      if (byte === comma) expected = inObject ? next.key : next.value
      else if (byte === (inObject ? braceClose : bracketClose)) depth--
      else return 'not-json'
      continue
    }
    if (byte === quote) {
      // A string: the bytes up to the closing quote. Inlined, as most of a record is inside strings.
      let closed = false
      while (i < end) {
        const char = bytes[i++] ?? 0
        if (endsPlainText[char] === 0) {
          all |= char
          continue
        }
        if (char === quote) {
          closed = true
          break
        }
        if (char !== backslash) return 'not-json'
        i = afterEscape(bytes, i)
        if (i === -1) return 'not-json'
      }
      if (!closed) return 'not-json'
      if (expected >= next.key) {
        i = afterColon(bytes, i)
        if (i === -1) return 'not-json'
        if (i < 0) {
          hasLineBreak = true
          i = -i
        }
        expected = next.value
      } else expected = next.after
      continue
    }
    if (expected === next.key) return 'not-json'
    if (expected === next.keyOrEnd) {
      if (byte !== braceClose) return 'not-json'
      depth--
      expected = next.after
      continue
    }
    if (byte === braceOpen || byte === bracketOpen) {
      depth++
      if (depth === nesting.length) nesting = grown(nesting)
      nesting[depth] = byte === braceOpen ? 1 : 0
      expected = byte === braceOpen ? next.keyOrEnd : next.valueOrEnd
      continue
    }
    if (byte === bracketClose && expected === next.valueOrEnd) {
      depth--
      expected = next.after
      continue
    }
    i = isDigit(byte) || byte === minus ? afterNumber(bytes, i - 1) : afterLiteral(bytes, i, byte)
    if (i === -1) return 'not-json'
    expected = next.after
  }
  if (depth !== 0 || expected !== next.after) return 'not-json'
  // Only the inside of a string may hold other bytes than ASCII, so pure ASCII is known by now.
  if (all >= 0x80 && !isUtf8(bytes)) return 'not-utf8'
  return hasLineBreak ? 'lines' : 'line'
}

/** The same text without the white space between its tokens. The bytes must be well-formed JSON. */
export function withoutSpace(bytes: Uint8Array): Buffer {
  const compact = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (!inString && byte <= space) continue
    compact[length++] = byte
    if (byte === quote) inString = !inString
    else if (inString && byte === backslash) compact[length++] = bytes[++i] ?? 0
  }
  return compact.subarray(0, length)
}

/** The index after the escape whose character is at `i`; -1 if there is no such escape. */
function afterEscape(bytes: Uint8Array, i: number): number {
  const char = bytes[i]
  if (char === 0x75) {
    for (let digit = 1; digit <= 4; digit++) if (!isHex(bytes[i + digit])) return -1
    return i + 5
  }
  // " \ / b f n r t
  const isEscape =
    char === quote ||
    char === backslash ||
    char === 0x2f ||
    char === 0x62 ||
    char === 0x66 ||
    char === 0x6e ||
    char === 0x72 ||
    char === 0x74
  return isEscape ? i + 1 : -1
}

/** The index after the colon; negated if the end of a line was passed; -1 if there is no colon. The index is never 1. */
function afterColon(bytes: Uint8Array, from: number): number {
  let hasLineBreak = false
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === colon) return hasLineBreak ? -(i + 1) : i + 1
    if (byte === lineFeed || byte === carriageReturn) hasLineBreak = true
    else if (byte !== space && byte !== tab) return -1
  }
  return -1
}

/** The index after the number that starts at `i`; -1 if none does. */
function afterNumber(bytes: Uint8Array, start: number): number {
  let i = start
  if (bytes[i] === minus) i++
  if (bytes[i] === 0x30) i++
  else if ((i = afterDigits(bytes, i)) === -1) return -1
  if (bytes[i] === dot && (i = afterDigits(bytes, i + 1)) === -1) return -1
  if (bytes[i] === 0x65 || bytes[i] === 0x45) {
    i++
    if (bytes[i] === plus || bytes[i] === minus) i++
    i = afterDigits(bytes, i)
  }
  return i
}

function afterDigits(bytes: Uint8Array, start: number): number {
  let i = start
  while (i < bytes.length && isDigit(bytes[i] ?? 0)) i++
  return i === start ? -1 : i
}

function afterLiteral(bytes: Uint8Array, i: number, first: number): number {
  const rest = literalRests.get(first)
  if (rest === undefined) return -1
  for (let k = 0; k < rest.length; k++) if (bytes[i + k] !== rest.charCodeAt(k)) return -1
  return i + rest.length
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isHex(byte: number | undefined): boolean {
  return (
    byte !== undefined && (isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46))
  )
}

function grown(stack: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(stack.length * 2)
  larger.set(stack)
  return larger
}
