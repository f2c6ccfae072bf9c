/**
 * The raw text of JSON, without reading its values: comparing parsed values would not see a number that became another
 * spelling of itself. The sink has code for this too; the checker must not use it.
 */

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a

/** The members of an object as the bytes that they are. Throws a SyntaxError for anything but an object. */
export function membersOf(line: Buffer): ReadonlyMap<string, Buffer> {
  if (line[0] !== 0x7b || line.at(-1) !== 0x7d) throw new SyntaxError('not an object')
  const members = new Map<string, Buffer>()
  let at = 1
  while (at < line.length - 1) {
    const name = endOfValue(line, at)
    if (line[name] !== colon) throw new SyntaxError(`no colon at byte ${name}`)
    const end = endOfValue(line, name + 1)
    members.set(JSON.parse(line.toString('utf8', at, name)) as string, line.subarray(name + 1, end))
    at = end + 1
  }
  return members
}

/** Where the value that begins at `at` ends: at a comma, colon or closing bracket that is not inside of it. */
function endOfValue(text: Buffer, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const byte = text[i] ?? 0
    if (byte === quote) i = endOfString(text, i)
    else if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return i
      depth--
    } else if (depth === 0 && (byte === comma || byte === colon)) return i
  }
  throw new SyntaxError('the text ends too early')
}

/** The index of the quote that ends the string that begins at `at`. */
function endOfString(text: Buffer, at: number): number {
  for (let end = text.indexOf(quote, at + 1); end !== -1; end = text.indexOf(quote, end + 1)) {
    let escapes = 0
    while (text[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  throw new SyntaxError('a string has no end')
}

/** The JSON text without the white space between its parts: what a value becomes that spans lines. */
export function onOneLine(text: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] ?? 0
    if (byte === quote) i = endOfString(text, i)
    else if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) {
      parts.push(text.subarray(from, i))
      from = i + 1
    }
  }
  return Buffer.concat([...parts, text.subarray(from)])
}
