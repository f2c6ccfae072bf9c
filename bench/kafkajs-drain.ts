/**
 * The peer: kafkajs reads a topic to its end and does nothing with the records but count them.
 * Arguments: bootstrap servers, topic, number of records, fetch size per partition in bytes.
 */
import { Kafka, logLevel } from 'kafkajs'

const [brokers = '', topic = '', records = '0', maxBytesPerPartition = '1048576'] = process.argv.slice(2)
const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR })
const consumer = kafka.consumer({
  groupId: `drain-${process.pid}`,
  maxBytesPerPartition: Number(maxBytesPerPartition),
  maxBytes: 32 << 20,
})
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
    // Leave at once: disconnect() waits for the fetch in flight, which is not part of a drain.
    if (seen >= Number(records)) process.exit(0)
  },
})
