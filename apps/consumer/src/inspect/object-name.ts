/** Reads the name of an object in `topics/` or `dead/`: the inverse of `objectKey`. Pure. */
import { objectKey, type ObjectKeyParts } from '../format/object-key.ts'

const pattern = /^(topics|dead)\/([^/]+)\/(.+)\/([^/]+)\+(\d+)\+(\d{20})-(\d{20})(\.[a-z.]+)$/

/** Undefined for a name that the sink gives to nothing. */
export function objectKeyParts(key: string): ObjectKeyParts | undefined {
  const [, area, topic, path, name, partition, start, end, extension] = pattern.exec(key) ?? []
  if (topic === undefined || path === undefined || name === undefined || extension === undefined)
    return undefined
  const parts: ObjectKeyParts = {
    area: area === 'dead' ? 'dead' : 'topics',
    topic,
    epoch: name === topic ? 0 : Number(name.slice(topic.length + 1)),
    partition: Number(partition),
    path,
    start: BigInt(start ?? ''),
    end: BigInt(end ?? ''),
    extension,
  }
  // So that nothing is read out of a name that would not be given again.
  return parts.start <= parts.end && objectKey(parts) === key ? parts : undefined
}
