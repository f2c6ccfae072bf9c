/**
 * The peer: kafkajs reads a topic to its end and does nothing with the records but count them. Run with plain node.
 * Arguments: bootstrap servers, topic, number of records. Last line: `{"records","drainMs"}`, from the assignment of the
 * partitions to the last batch.
 */
import { Kafka, logLevel } from 'kafkajs'

const [brokers = '', topic = '', records = '0'] = process.argv.slice(2)
const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR })
// Fetch sizes are kafkajs's defaults: larger ones are not faster.
const consumer = kafka.consumer({ groupId: `drain-${process.pid}` })
let assignedAt = 0
consumer.on(consumer.events.GROUP_JOIN, () => (assignedAt = performance.now()))
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
let seen = 0
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 3,
  eachBatchAutoResolve: false,
  eachBatch: async (payload) => {
    const { batch } = payload
    seen += batch.messages.length
    payload.resolveOffset(batch.lastOffset())
    if (seen < Number(records)) return
    process.stdout.write(`${JSON.stringify({ records: seen, drainMs: performance.now() - assignedAt })}\n`)
    // Leave at once: disconnect() waits for the fetch in flight, which is not part of a drain.
    process.exit(0)
  },
})
