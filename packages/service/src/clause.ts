/** Texts that stand alone elsewhere (the description of a setting in `--help`), inside of a sentence. */

/**
 * A text as it continues a sentence after a colon: it begins in lower case and has no full stop at its end. A first word
 * that is a name or an abbreviation (`AWS`, `KAFKA_BROKERS`, `MySQL`, `Kafka`) keeps its capital.
 */
export function clauseOf(text: string): string {
  const end = text.endsWith('.') && !text.endsWith('..') ? text.slice(0, -1) : text
  const [word = ''] = /^[^\s,:;]+/.exec(end) ?? []
  const isPlain = /^\p{Lu}[\p{Ll}'’-]*$/u.test(word) && !productNames.has(word)
  return isPlain ? end.charAt(0).toLowerCase() + end.slice(1) : end
}

/** Names that look like any word with a capital. */
const productNames: ReadonlySet<string> = new Set(['Amazon', 'Java', 'Kafka', 'Kubernetes', 'Prometheus'])
