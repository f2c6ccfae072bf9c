/**
 * `fixtures/batches.json` was made with librdkafka 2.0.2 (kcat 1.7.1) and the Java producer of Kafka 4.1.0: what a broker
 * answered a fetch with, and the timestamps, keys, values and headers that kcat printed of the same topic.
 */

import { expect, test } from 'vitest'
import golden from '../fixtures/batches.json' with { type: 'json' }
import { recordsOf } from '../record-cursor.ts'
import { BatchCursor } from './batch-cursor.ts'
import { copyOf } from './batches-test-helpers.ts'
import { readBatches } from './read-batches.ts'

const values = ['{"index":1}', '', 'x'.repeat(3_000), '{"pin":"ü🎨"}']
const headers = Object.entries([2, 1, 3]).map(([i, value]) => ({
  name: i === '1' ? 'a' : 'b',
  value: Buffer.from(String(value)),
}))

test.each(golden)(
  'what $client writes with compression $codec is read',
  async ({ client, timestamps, data }) => {
    const { batches, lastOffset } = await readBatches(Buffer.from(data, 'base64'), 0n, [])
    const records = Array.from(recordsOf(new BatchCursor(batches, 0n)), copyOf)
    // The Java client also sent a record without key, value and headers.
    const all = client === 'java' ? [...values, null] : values
    expect(lastOffset).toBe(BigInt(all.length - 1))
    expect(records).toEqual(
      all.map((value, i) => ({
        offset: BigInt(i),
        timestamp: BigInt(timestamps[i] ?? -1),
        key: value === null ? null : Buffer.from(`k${i}`),
        value: value === null ? null : Buffer.from(value),
        headers: value === null ? [] : headers,
      })),
    )
  },
)
