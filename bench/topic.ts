/** The topic that every consumer reads: pin rows of the sample data, loaded by kcat in uncompressed batches of 64 KiB. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ReadOnlyAdmin } from '@pinpipe/kafka/admin'
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

/**
 * Fills an empty topic with records 0 … `records` - 1: the index is the key, there are no headers.
 * @throws Error when kcat fails or the topic does not hold exactly these records afterwards
 */
export async function loadTopic(
  brokers: string,
  topic: string,
  records: number,
  admin: Pick<ReadOnlyAdmin, 'watermarks'>,
): Promise<LoadedTopic> {
  const settings = [
    `batch.size=${batchBytes}`,
    'linger.ms=20',
    'acks=all',
    'topic.partitioner=murmur2_random',
  ]
  const args = ['-P', '-b', brokers, '-t', topic, '-K', '\t', ...settings.flatMap((each) => ['-X', each])]
  const kcat = spawn('kcat', args, { stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = once(kcat, 'close')
  let contentBytes = 0
  for (const lines of linesOf(records)) {
    contentBytes += lines.bytes
    // oxlint-disable-next-line no-await-in-loop -- kcat says when it can take more
    if (!kcat.stdin.write(lines.text)) await once(kcat.stdin, 'drain')
  }
  kcat.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`kcat could not load ${topic}: it ended with ${code}`)
  const partitions = (await admin.watermarks(topic)).map(({ high }) => Number(high))
  const held = partitions.reduce((sum, count) => sum + count, 0)
  if (held !== records) throw new Error(`${topic} holds ${held} records, not ${records}`)
  return { topic, records, contentBytes, partitions }
}

/** Lines `key<tab>value` in pieces of about half a megabyte; `bytes` is the size of the values and a newline each. */
function* linesOf(records: number): Generator<{ text: string; bytes: number }> {
  const tails = Array.from({ length: Math.min(distinctRows, records) }, (_, index) => rowTail(index))
  const sizes = tails.map((tail) => Buffer.byteLength(tail))
  const pieceRecords = 1_000
  for (let from = 0; from < records; from += pieceRecords) {
    let text = ''
    let bytes = 0
    for (let index = from; index < Math.min(from + pieceRecords, records); index++) {
      const head = `{"index":${index}`
      text += `${index}\t${head}${tails[index % tails.length]}\n`
      bytes += head.length + (sizes[index % sizes.length] ?? 0) + 1
    }
    yield { text, bytes }
  }
}

/** The JSON of a row after its index. */
function rowTail(index: number): string {
  const row = samplePost(seed, index).rows[pinterestData.name] ?? {}
  const description = typeof row['description'] === 'string' ? row['description'] : ''
  // toWellFormed: a character outside the basic plane may be cut in two.
  const kept = description.slice(0, Math.max(1, description.length - shorterBy)).toWellFormed()
  return encodeRow(pinterestData, { ...row, description: kept }).slice(`{"index":${index}`.length)
}
