/**
 * The project's own producer and consumer as clients of a broker. Run with node and tsx.
 * Arguments: `produce` or `fetch`, bootstrap servers, records, topics (of three partitions each). Last line: `{"ms"}`, from the first record to
 * the last acknowledgement, or from the assignment to the last record.
 */
import { openConsumer } from '@pinpipe/kafka/consumer'
import { openProducer } from '@pinpipe/kafka/producer'

const [direction = '', servers = '', total = '0', ...topics] = process.argv.slice(2)
const records = Number(total)
const connection = { clientId: 'bench', brokers: servers.split(','), tls: false as const }
const partitions = 3
const recordsABatch = 115
const value = 'x'.repeat(570)

process.stdout.write(`${JSON.stringify({ ms: direction === 'produce' ? await produce() : await fetch() })}\n`)
process.exit(0)

/** One batch under way in each partition. */
async function produce(): Promise<number> {
  const producer = await openProducer(connection)
  let left = records
  const work = async (topic: string, partition: number): Promise<void> => {
    while (left > 0) {
      const count = Math.min(left, recordsABatch)
      left -= count
      const batch = Array.from({ length: count }, (_, at) => ({ key: String(left + at), value }))
      await producer.send({ topic, partition, records: batch })
    }
  }
  // Metadata and producer ids are not what is measured.
  for (const topic of topics) await producer.partitionCount(topic)
  const started = performance.now()
  await Promise.all(
    topics.flatMap((topic) => Array.from({ length: partitions }, (_, partition) => work(topic, partition))),
  )
  return performance.now() - started
}

async function fetch(): Promise<number> {
  const consumer = await openConsumer(connection, { groupId: `bench-${process.pid}`, topics })
  const drained = Promise.withResolvers<number>()
  let seen = 0
  let started = 0
  void consumer.run({
    assigned: () => {
      started = performance.now()
      return Promise.resolve()
    },
    revoked: () => Promise.resolve(),
    batch(batch) {
      seen += Number(batch.lastOffset - batch.firstOffset) + 1
      if (seen >= records) drained.resolve(performance.now() - started)
      return Promise.resolve()
    },
  })
  return await drained.promise
}
