/** What consumers tell each other inside JoinGroup and SyncGroup: subscriptions and assignments, version 0. */

import { array, bytes, int16, int32, string } from '../wire/schema.ts'
import { structCodec } from '../wire/struct-codec.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'

const form = { version: 0, flexible: false }
const userData = bytes('0+', { nullable: '0+', default: null })
const subscription = structCodec({ version: int16(), topics: array(string()), userData }, form)
const assignment = structCodec(
  { version: int16(), topics: array({ topic: string(), partitions: array(int32()) }), userData },
  form,
)

export function encodeSubscription(topics: readonly string[]): Buffer {
  const writer = new Writer()
  subscription.write(writer, { version: 0, topics })
  return Buffer.concat(writer.finish())
}

export function encodeAssignment(topic: string, partitions: readonly number[]): Buffer {
  const writer = new Writer()
  assignment.write(writer, { version: 0, topics: [{ topic, partitions }] })
  return Buffer.concat(writer.finish())
}

/** The partitions of an assignment to one topic; no bytes assign nothing. */
export function decodeAssignment(encoded: Buffer): readonly number[] {
  if (encoded.length === 0) return []
  return assignment.read(new Reader(encoded)).topics.flatMap(({ partitions }) => partitions)
}
