/**
 * Brokers that hang up on many batches at once, after they have appended them. kafkajs loses track of its brokers then: a request
 * before a connection is ready, or a batch of nothing that is acknowledged (both patched).
 */

import { startEmbeddedKafka } from '@pinpipe/embedded-kafka'
import { openProducer } from '@pinpipe/kafka/producer'
import { expect, test } from 'vitest'

const topic = 'a.pin'
const partitions = Array.from({ length: 12 }, (_, partition) => partition)
const batches = 20
const hangUps = 25

test.for([1, 2, 3, 4, 5, 6])(
  'a producer whose connections are cut has every batch in the log once, at the offset that it was told (%i)',
  async () => {
    await using kafka = await startEmbeddedKafka({
      brokers: 3,
      topics: [{ topic, partitions: partitions.length }],
    })
    await using producer = await openProducer({
      clientId: 'test',
      brokers: kafka.bootstrapServers.split(','),
      tls: false,
    })
    const fault = kafka.faults.on('Produce', { kind: 'hang-up', at: 'after' }, { times: hangUps })
    const offsets = await Promise.all(
      partitions.map(async (partition) => {
        const told: bigint[] = []
        for (let n = 0; n < batches; n += 1) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other, as an app sends them
          const { baseOffset } = await producer.send({
            topic,
            partition,
            records: [{ key: 'k', value: String(n) }],
          })
          told.push(baseOffset)
        }
        return told
      }),
    )
    expect(fault.count).toBe(hangUps)
    const expected = Array.from({ length: batches }, (_, n) => BigInt(n))
    expect(offsets).toEqual(partitions.map(() => expected))
    expect(partitions.map((partition) => kafka.partition(topic, partition)?.highWatermark)).toEqual(
      partitions.map(() => BigInt(batches)),
    )
  },
)
