/** What the outputs that write lines share: waiting for the stream, and counting what it took. */

import { type Writable } from 'node:stream'
import { type ProducerEvents } from './events.ts'
import { type EncodedRecord } from './record-encoder.ts'
import { type Tally } from './tally.ts'

/** Resolves when the stream has taken the text, so that a slow reader slows the source. */
export function writeText(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

/** Runs `write` and counts its records as acknowledged, or as failed when it rejects. */
export async function countWritten(
  records: readonly EncodedRecord[],
  { tally, events }: { readonly tally: Tally; readonly events: ProducerEvents },
  write: () => Promise<unknown>,
): Promise<void> {
  const byTopic = Map.groupBy(records, (record) => record.topic)
  try {
    await write()
  } catch (error) {
    tally.failed += records.length
    // A reader that went away has what it wanted: no reason to alarm anybody.
    if (!isClosedPipe(error))
      for (const [topic, { length }] of byTopic) events.recordsFailed({ topic, count: length })
    throw error
  }
  tally.acked += records.length
  for (const [topic, written] of byTopic) {
    const valueBytes = written.reduce((sum, record) => sum + Buffer.byteLength(record.value), 0)
    tally.valueBytes += valueBytes
    events.recordsAcked({ topic, count: written.length })
    events.bytesAcked({ topic, count: valueBytes })
  }
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
