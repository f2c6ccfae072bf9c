/**
 * A peer: the short kafkajs sink that is written with speed in mind. Values are copied at once into one buffer a partition,
 * compression runs in the thread pool, one object per 50,000 records. Run with plain node; settings are variables.
 */
import { promisify } from 'node:util'
import { constants, gzip, zstdCompress } from 'node:zlib'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Kafka, logLevel } from 'kafkajs'

const {
  KAFKA_BROKERS = '',
  TOPIC = '',
  GROUP = '',
  BUCKET = '',
  RECORDS = '0',
  COMPRESSION = 'none',
} = process.env
const objectRecords = 50_000
const bufferBytes = 40 * 1024 * 1024

type Filling = { buffer: Buffer; bytes: number; records: number; first: string; stored: Promise<void> }

const s3 = new S3Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' })
const consumer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR }).consumer({
  groupId: GROUP,
  maxBytesPerPartition: 2 * 1024 * 1024,
  maxBytes: 16 * 1024 * 1024,
})
const free: Buffer[] = []
const partitions = new Map<number, Filling>()
let stored = 0

const take = (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)

async function compressed(body: Buffer): Promise<Buffer> {
  if (COMPRESSION === 'gzip') return await promisify(gzip)(body, { level: 1, chunkSize: 1 << 22 })
  const params = { [constants.ZSTD_c_compressionLevel]: 1 }
  return COMPRESSION === 'zstd' ? await promisify(zstdCompress)(body, { params, chunkSize: 1 << 22 }) : body
}

async function store(partition: number, { buffer, bytes, records, first }: Filling): Promise<void> {
  const Body = await compressed(buffer.subarray(0, bytes))
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${TOPIC}/${partition}/${first}.json`, Body }))
  free.push(buffer)
  stored += records
  if (stored >= Number(RECORDS)) process.exit(0)
}

await consumer.connect()
await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 3,
  eachBatchAutoResolve: false,
  eachBatch: async (payload) => {
    const { batch } = payload
    for (const { offset, value } of batch.messages) {
      let filling = partitions.get(batch.partition)
      if (filling === undefined || filling.records === 0) {
        const before = filling?.stored ?? Promise.resolve()
        filling = { buffer: take(), bytes: 0, records: 0, first: offset, stored: before }
        partitions.set(batch.partition, filling)
      }
      const { buffer } = filling
      filling.bytes += value?.copy(buffer, filling.bytes) ?? 0
      buffer[filling.bytes++] = 10
      if (++filling.records < objectRecords) continue
      // One object of a partition is stored while the next one fills.
      await filling.stored
      const next = { ...filling, records: 0, stored: store(batch.partition, filling) }
      partitions.set(batch.partition, next)
    }
    payload.resolveOffset(batch.lastOffset())
    await payload.heartbeat()
  },
})
