/**
 * `--topic` of `kafka-topics.sh` without `--create`: a Java regular expression that the whole name has to match
 * (Kafka's IncludeList: a comma means "or", blanks and outer quotes are dropped).
 *
 * Java's and JavaScript's expressions differ at the edges. What JavaScript would read differently is refused here,
 * because the same filter chooses what `--delete` deletes.
 */
import { isInternal } from './topic-name.ts'
import { TopicCommandError } from './kafka-topics-options.ts'

/** POSIX classes of Java, as members of a character class. */
const posix: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: '0-9A-Za-z',
  Punct: '!-\\/:-@\\[-`{-~',
  XDigit: '0-9A-Fa-f',
}

/**
 * A predicate for topic names. Without an expression everything is taken, but for internal topics if they are excluded.
 * @throws TopicCommandError `… is an invalid regex.`, also for the few Java constructs that JavaScript has not
 */
export function topicFilter(
  expression: string | undefined,
  excludeInternal: boolean,
): (topic: string) => boolean {
  const pattern = expression === undefined ? undefined : includeList(expression)
  return (topic) => !(excludeInternal && isInternal(topic)) && (pattern?.test(topic) ?? true)
}

function includeList(expression: string): RegExp {
  const cleaned = expression
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replaceAll(/^["']+|["']+$/g, '')
  try {
    const ignoreCase = cleaned.startsWith('(?i)')
    return new RegExp(`^(?:${translated(ignoreCase ? cleaned.slice(4) : cleaned)})$`, ignoreCase ? 'i' : '')
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new TopicCommandError(`${cleaned} is an invalid regex.`, { cause })
  }
}

/** One Java expression in JavaScript's syntax. @throws SyntaxError for what has no equal */
function translated(java: string): string {
  let js = ''
  let inClass = false
  for (let at = 0; at < java.length; at++) {
    const character = java[at] ?? ''
    if (character === '\\') {
      const [text, length] = escape(java.slice(at + 1), inClass)
      js += text
      at += length
      continue
    }
    if (inClass) {
      // Java: a union, an intersection. JavaScript: plain characters.
      if (character === '[' || java.startsWith('&&', at))
        throw new SyntaxError('set operations are not supported')
      if (character === ']') inClass = false
    } else if (character === '[') {
      inClass = true
      // A first `]` is a plain character to Java and the end of an empty class to JavaScript.
      const first = /^\[\^?\]/.exec(java.slice(at))
      if (first !== null) throw new SyntaxError('a class that begins with ] is not supported')
    } else if (character === '{' && !/^\{\d+(?:,\d*)?\}/.test(java.slice(at))) {
      throw new SyntaxError('illegal repetition')
    }
    js += character
  }
  return js
}

/** What follows a backslash: its JavaScript text, and how many characters of the Java text it took. */
function escape(rest: string, inClass: boolean): readonly [text: string, length: number] {
  const quoted = /^Q([\s\S]*?)(?:\\E|$)/.exec(rest)
  if (quoted !== null) return [literal(quoted[1] ?? ''), quoted[0].length]
  const property = /^p\{(\w+)\}/.exec(rest)
  if (property !== null) {
    const members = posix[property[1] ?? '']
    if (members === undefined) throw new SyntaxError('unknown class')
    return [inClass ? members : `[${members}]`, property[0].length]
  }
  const next = rest.slice(0, 1)
  if (next === '') throw new SyntaxError('nothing after the backslash')
  if (/[wWdDsSbB]/.test(next)) return [`\\${next}`, 1]
  if (/[0-9A-Za-z]/.test(next)) throw new SyntaxError('an escape that is not supported')
  return [literal(next), 1]
}

function literal(text: string): string {
  return text.replaceAll(/[^0-9A-Za-z_]/g, (character) => `\\${character}`)
}
