/** The kafkajs producer behind the producer port: its options, and our batches turned into its requests. */

import kafkajs, {
  type Message,
  type Producer,
  type ProducerRecord,
  type RecordMetadata,
  type Transaction,
} from 'kafkajs'
import { type KafkaConnection } from './connection.ts'
import { kafkaOf } from './kafka-client.ts'
import { type OutgoingBatch, type OutgoingRecord, type ProducerOptions } from './record-producer.ts'

const codecOf = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  zstd: kafkajs.CompressionTypes.ZSTD,
} as const

/** About a minute and a half with pauses of at most 5 s: a broker restart or a new leader is waited out. */
const sendRetries = 20

/** A connected, idempotent kafkajs producer that never creates topics. */
export async function connectedProducer(
  connection: KafkaConnection,
  options: { readonly requestTimeoutMs: number; readonly transactionalId: string | undefined },
): Promise<Producer> {
  const { requestTimeoutMs, transactionalId } = options
  const producer = kafkaOf(connection, { retries: sendRetries, requestTimeoutMs }).producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: () => partitionSetByUs,
    ...(transactionalId === undefined ? {} : { transactionalId, maxInFlightRequests: 1 }),
  })
  try {
    await producer.connect()
  } catch (error) {
    // Its connection is open although the login may not write: left alone, it would keep the process alive.
    await producer.disconnect().catch(() => undefined)
    throw error
  }
  return producer
}

/** One request for one partition, acknowledged by all replicas in sync. */
export function requestOf(
  { topic, partition, records }: OutgoingBatch,
  compression: NonNullable<ProducerOptions['compression']>,
  timeoutMs: number,
): ProducerRecord {
  return {
    topic,
    acks: -1,
    timeout: timeoutMs,
    compression: codecOf[compression],
    messages: records.map((record) => messageOf(record, partition)),
  }
}

/** Sends the request as a transaction of its own. */
export async function sendTransaction(
  transaction: Transaction,
  request: ProducerRecord,
): Promise<RecordMetadata[]> {
  try {
    const answer = await transaction.send(request)
    await transaction.commit()
    return answer
  } catch (error) {
    await transaction.abort().catch(() => undefined)
    throw error
  }
}

const partitionSetByUs = ({ message }: { message: Message }): number => message.partition ?? 0

function messageOf(record: OutgoingRecord, partition: number): Message {
  return {
    key: record.key,
    value: record.value,
    partition,
    ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
    ...(record.timestampMs === undefined ? {} : { timestamp: String(record.timestampMs) }),
  }
}
