/**
 * The order in which Java's tool prints the topics of `--describe`: that of a `java.util.HashMap`, not of the alphabet.
 * It is stable and part of what a user compares, so it is reproduced (OpenJDK's HashMap; buckets are never trees here,
 * which needs eight names in one bucket).
 */

/** Names (sorted, as TopicCommand collects them) in the order of AdminClient's `describeTopics(…).allTopicNames()`. */
export function describeOrder(names: readonly string[]): readonly string[] {
  // AdminClient: new HashMap<>(n), filled; a copy of it, sized to fit; and again new HashMap<>(n), filled from the copy.
  const sized = grownFrom(tableSizeFor(names.length), names.length)
  const copy = tableSizeFor(Math.floor(names.length / 0.75 + 1))
  return inBuckets(inBuckets(inBuckets(names, sized), copy), sized)
}

/** Names in the order of a `HashMap` that was made without a size and filled in the given order. */
export function hashMapOrder(names: readonly string[]): readonly string[] {
  return inBuckets(names, grownFrom(16, names.length))
}

function inBuckets(names: readonly string[], buckets: number): readonly string[] {
  const bucket = (name: string): number => {
    const hash = hashCode(name)
    return (hash ^ (hash >>> 16)) & (buckets - 1)
  }
  // toSorted is stable: within a bucket the order of insertion stays.
  return names.toSorted((a, b) => bucket(a) - bucket(b))
}

function tableSizeFor(capacity: number): number {
  let size = 1
  while (size < capacity) size *= 2
  return size
}

function grownFrom(buckets: number, entries: number): number {
  let size = buckets
  while (entries > size * 0.75) size *= 2
  return size
}

/** `String.hashCode`. */
function hashCode(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0
  return hash
}
