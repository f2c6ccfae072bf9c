/**
 * Tokens of a JAAS value, as java.io.StreamTokenizer cuts them with the settings of Kafka's JaasConfig: `//`, `/*` and
 * also a single `/` begin a comment, single and double quotes hold backslash escapes, a bare number is no word.
 */

/** `text` is there for words and quoted texts only; anything else, numbers included, is `other`. */
export type JaasToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'other'; readonly char: string }

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

// JaasConfig makes - _ $ part of words; digits, dot and minus may follow the first character. A word that begins with
// a digit, dot or minus is a number for StreamTokenizer, even where it goes on with letters.
const word = /[A-Za-z_$\u00a0-\uffff][-\w.$\u00a0-\uffff]*/y
const number = /-?(?:\d+\.?\d*|\.\d*)/y
// After a single `/` StreamTokenizer drops one character unseen, even a line break, and then the rest of that line.
const comment = /\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))|\/[\s\S]?[^\r\n]*/y
const space = /[\0- ]+/y

/** All tokens of the value. Never throws: an open quote ends with its line, as in Java. */
export function jaasTokens(value: string): readonly JaasToken[] {
  const tokens: JaasToken[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(value)?.[0]
    at += found?.length ?? 0
    return found
  }
  while (at < value.length) {
    const char = value.charAt(at)
    if (take(space) !== undefined || take(comment) !== undefined) continue
    const plain = take(word)
    if (plain !== undefined) {
      tokens.push({ kind: 'text', text: plain })
    } else if (char === '"' || char === "'") {
      const quoted = quotedText(value, at)
      tokens.push({ kind: 'text', text: quoted.text })
      at = quoted.end
    } else {
      tokens.push({ kind: 'other', char })
      if (take(number) === undefined) at += 1
    }
  }
  return tokens
}

function quotedText(value: string, start: number): { text: string; end: number } {
  const quote = value.charAt(start)
  let text = ''
  let at = start + 1
  while (at < value.length) {
    const char = value.charAt(at)
    if (char === quote) return { text, end: at + 1 }
    if (char === '\n' || char === '\r') break
    if (char === '\\') {
      const escaped = escapedText(value, at + 1)
      text += escaped.text
      at = escaped.end
    } else {
      text += char
      at += 1
    }
  }
  return { text, end: at }
}

function escapedText(value: string, at: number): { text: string; end: number } {
  const octal = /[0-3][0-7]{0,2}|[4-7][0-7]?/y
  octal.lastIndex = at
  const digits = octal.exec(value)?.[0]
  if (digits !== undefined)
    return { text: String.fromCharCode(Number.parseInt(digits, 8)), end: at + digits.length }
  const char = value.charAt(at)
  // A backslash at the very end: StreamTokenizer puts its end-of-file mark (-1) into the text.
  return { text: char === '' ? '\uffff' : (escapes[char] ?? char), end: at + 1 }
}
