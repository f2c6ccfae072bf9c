/** The topic that every consumer reads: pin rows of the sample data, uncompressed, in batches of about 64 KiB. */
import { openProducer, type OutgoingRecord } from '@pinpipe/kafka/producer'
import { partitionOf } from '@pinpipe/kafka/partitioner'
import { samplePost } from '@pinpipe/sample-data/generator'
import { pinterestData } from '@pinpipe/schema/pinterest-data'
import { encodeRow } from '@pinpipe/schema/wire'

export type LoadedTopic = {
  readonly topic: string
  readonly records: number
  /** All values, each with a newline: what a lake without compression holds. */
  readonly contentBytes: number
  /** Records by partition. */
  readonly partitions: readonly number[]
}

const seed = 1
/** So many different rows; then they come again under other indexes. No compressor's window reaches back that far. */
const distinctRows = 50_000
/** Makes the mean value about 570 bytes long; sample rows have about 716. */
const shorterBy = 150
const batchBytes = 64 * 1024
const partitionCount = 3

/** Fills an empty topic of 3 partitions with records 0 … `records` - 1. Keys are indexes; there are no headers. */
export async function loadTopic(brokers: string, topic: string, records: number): Promise<LoadedTopic> {
  const tails = Array.from({ length: Math.min(distinctRows, records) }, (_, index) => rowTail(index))
  const connection = { clientId: 'pinpipe-bench', brokers: brokers.split(','), tls: false as const }
  await using producer = await openProducer(connection)
  const lanes = Array.from({ length: partitionCount }, () => ({
    open: [] as OutgoingRecord[],
    openBytes: 0,
    records: 0,
    sent: Promise.resolve() as Promise<unknown>,
  }))
  let contentBytes = 0
  for (let index = 0; index < records; index++) {
    const key = String(index)
    const value = Buffer.from(`{"index":${key}${tails[index % tails.length]}`)
    const partition = partitionOf(key, partitionCount)
    const lane = lanes[partition]
    if (lane === undefined) throw new RangeError(`There is no partition ${partition}.`)
    lane.open.push({ key, value })
    lane.openBytes += value.length
    lane.records++
    contentBytes += value.length + 1
    if (lane.openBytes < batchBytes) continue
    // oxlint-disable-next-line no-await-in-loop -- one batch of a partition at a time
    await lane.sent
    lane.sent = producer.send({ topic, partition, records: lane.open })
    lane.open = []
    lane.openBytes = 0
  }
  await Promise.all(
    lanes.map(async (lane, partition) => {
      await lane.sent
      if (lane.open.length > 0) await producer.send({ topic, partition, records: lane.open })
    }),
  )
  return { topic, records, contentBytes, partitions: lanes.map((lane) => lane.records) }
}

/** The JSON of a row after its index. */
function rowTail(index: number): string {
  const row = samplePost(seed, index).rows[pinterestData.name] ?? {}
  const description = typeof row['description'] === 'string' ? [...row['description']] : []
  const shortRow = {
    ...row,
    description: description.slice(0, Math.max(1, description.length - shorterBy)).join(''),
  }
  return encodeRow(pinterestData, shortRow).slice(`{"index":${index}`.length)
}
