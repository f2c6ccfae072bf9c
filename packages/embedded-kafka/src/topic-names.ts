/** What may be a topic's name. Pure. */

const longestName = 249

/** Why the name is refused, in Kafka's words after "Topic name is invalid: "; `undefined` for a good one. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'the empty string is not allowed'
  if (name === '.' || name === '..') return `'${name}' is not allowed`
  if (name.length > longestName)
    return `the length of '${name}' is longer than the max allowed length ${longestName}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  return undefined
}

/** In metric names dots become underscores, so names that differ only there are not allowed side by side. */
export function collidingName(name: string, others: Iterable<string>): string | undefined {
  if (!/[._]/.test(name)) return undefined
  const unified = name.replaceAll('.', '_')
  for (const other of others) if (/[._]/.test(other) && other.replaceAll('.', '_') === unified) return other
  return undefined
}
