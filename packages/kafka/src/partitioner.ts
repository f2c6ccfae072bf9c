/**
 * Which partition a key belongs to: murmur2, as the Java client computes it, so that records of this
 * project and of any Java producer with the same key meet in the same partition.
 */

const seed = 0x9747b28c
const multiplier = 0x5bd1e995

/** The 32-bit murmur2 hash of Kafka's Java client (`org.apache.kafka.common.utils.Utils.murmur2`), signed. */
export function murmur2(key: Uint8Array): number {
  const length = key.length
  let hash = seed ^ length
  let at = 0
  const byte = (offset: number): number => key[at + offset] ?? 0
  for (; at + 4 <= length; at += 4) {
    let word = byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)
    word = Math.imul(word, multiplier)
    word ^= word >>> 24
    word = Math.imul(word, multiplier)
    hash = Math.imul(hash, multiplier) ^ word
  }
  const rest = length - at
  if (rest >= 3) hash ^= byte(2) << 16
  if (rest >= 2) hash ^= byte(1) << 8
  if (rest >= 1) hash = Math.imul(hash ^ byte(0), multiplier)
  hash ^= hash >>> 13
  hash = Math.imul(hash, multiplier)
  return hash ^ (hash >>> 15)
}

/**
 * The partition of `key` in a topic of `partitions` partitions: `toPositive(murmur2(key)) % partitions`
 * (`BuiltInPartitioner.partitionForKey` of the Java client). A text key is hashed as UTF-8.
 * @throws {RangeError} when `partitions` is not a positive integer.
 */
export function partitionOf(key: string | Uint8Array, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new RangeError(`a topic has at least one partition, not ${partitions}`)
  }
  const bytes = typeof key === 'string' ? Buffer.from(key, 'utf8') : key
  return (murmur2(bytes) & 0x7fffffff) % partitions
}
