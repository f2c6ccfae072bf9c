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
 * Fills an empty topic with records 0 … `records` - 1: the index is the key, there are no headers. Keys choose the partition,
 * unless `split` says how many records each partition gets, in a row.
 * @throws Error when kcat fails or the topic does not hold exactly these records afterwards
 */
export async function loadTopic(
  brokers: string,
  topic: string,
  records: number,
  admin: Pick<ReadOnlyAdmin, 'watermarks'>,
  split?: readonly number[],
): Promise<LoadedTopic> {
  const parts = split?.map((count, i) => ({ count, args: ['-p', String(i)] })) ?? [
    { count: records, args: [] },
  ]
  let contentBytes = 0
  let from = 0
  for (const { count, args } of parts) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    contentBytes += await sendByKcat(['-P', '-b', brokers, '-t', topic, ...args], linesOf(from, from + count))
    from += count
  }
  const partitions = (await admin.watermarks(topic)).map(({ high }) => Number(high))
  const held = partitions.reduce((sum, count) => sum + count, 0)
  if (held !== records) throw new Error(`${topic} holds ${held} records, not ${records}`)
  return { topic, records, contentBytes, partitions }
}

/** @returns bytes of the values, each with a newline */
async function sendByKcat(
  args: readonly string[],
  pieces: Iterable<{ text: string; bytes: number }>,
): Promise<number> {
  const settings = [
    `batch.size=${batchBytes}`,
    'linger.ms=20',
    'acks=all',
    'topic.partitioner=murmur2_random',
  ]
  const kcat = spawn('kcat', [...args, '-K', '\t', ...settings.flatMap((each) => ['-X', each])], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(kcat, 'close')
  let contentBytes = 0
  for (const { text, bytes } of pieces) {
    contentBytes += bytes
    // oxlint-disable-next-line no-await-in-loop -- kcat says when it can take more
    if (!kcat.stdin.write(text)) await once(kcat.stdin, 'drain')
  }
  kcat.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`kcat could not load the topic: it ended with ${code}`)
  return contentBytes
}

/** Lines `key<tab>value` in pieces of so many records; `bytes` is the size of the values and a newline each. */
export function* linesOf(
  first: number,
  end: number,
  pieceRecords = 1_000,
): Generator<{ text: string; bytes: number }> {
  const tails = Array.from({ length: Math.min(distinctRows, end) }, (_, index) => rowTail(index))
  const sizes = tails.map((tail) => Buffer.byteLength(tail))
  for (let from = first; from < end; from += pieceRecords) {
    let text = ''
    let bytes = 0
    for (let index = from; index < Math.min(from + pieceRecords, end); index++) {
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
