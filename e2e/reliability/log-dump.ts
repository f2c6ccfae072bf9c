/**
 * The log by another client: kcat (librdkafka) writes what a read-committed consumer sees into a file, and the file is
 * read here. First line: the bounds of the partitions as JSON. Then for each record its numbers in text, key and value as
 * the bytes they are, the headers, and a random mark that ends it.
 */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { type DumpedRecord, jsonLine, type LineOf, type Log, logKey, PartitionLog } from './partition-log.ts'

const run = promisify(execFile)

/** Of each partition: its number, the log start offset and the high watermark. */
type Header = {
  readonly topic: string
  readonly mark: string
  readonly bounds: readonly (readonly [partition: number, low: string, high: string])[]
}

/** Writes all that a topic holds now into the file. @throws when kcat fails, with what it says */
export async function dumpLog(brokers: string, topic: string, file: string): Promise<void> {
  const mark = randomBytes(12).toString('hex')
  const header: Header = { topic, mark, bounds: await boundsOf(brokers, topic) }
  const output = createWriteStream(file)
  output.write(`${JSON.stringify(header)}\n`)
  const format = `%T %p %o %K %S\n%k%s%h${mark}`
  const kcat = spawn(
    'kcat',
    [
      ...'-C -e -q -o beginning -X isolation.level=read_committed'.split(' '),
      '-b',
      brokers,
      '-t',
      topic,
      '-f',
      format,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  kcat.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [[code]] = await Promise.all([once(kcat, 'close'), pipeline(kcat.stdout, output)])
  if (code !== 0) throw new Error(`kcat could not read ${topic} (exit ${String(code)}): ${said}`)
}

/** The start and the high watermark of each partition, asked of kcat too. */
async function boundsOf(brokers: string, topic: string): Promise<Header['bounds']> {
  const metadata = await run('kcat', ['-L', '-J', '-b', brokers, '-t', topic])
  const { topics } = JSON.parse(metadata.stdout) as {
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[]
  }
  const described = topics.find((one) => one.topic === topic)?.partitions ?? []
  const numbers = described.map(({ partition }) => partition).toSorted((a, b) => a - b)
  const ask = async (time: '-2' | '-1'): Promise<ReadonlyMap<number, string>> => {
    const args = numbers.flatMap((partition) => ['-t', `${topic}:${partition}:${time}`])
    const { stdout } = await run('kcat', ['-Q', '-b', brokers, ...args])
    const lines = stdout.matchAll(/\[(?<partition>\d+)\] offset (?<offset>\d+)$/gm)
    return new Map([...lines].map(({ groups }) => [Number(groups?.['partition']), groups?.['offset'] ?? '0']))
  }
  const [low, high] = [await ask('-2'), await ask('-1')]
  return numbers.map((number) => [number, low.get(number) ?? '0', high.get(number) ?? '0'])
}

/**
 * Reads dumps of any number of topics.
 * @param lineOf what a topic's values become in the lake
 */
export async function readLog(
  files: readonly string[],
  lineOf: (topic: string) => LineOf = () => jsonLine,
): Promise<Log> {
  const log = new Map<string, PartitionLog>()
  for (const file of files) {
    let mark: string | undefined
    let topic = ''
    let rest: Buffer = Buffer.alloc(0)
    // oxlint-disable-next-line no-await-in-loop -- one file after the other
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk])
      if (mark === undefined) {
        const end = rest.indexOf('\n')
        if (end === -1) continue
        const header = JSON.parse(rest.toString('utf8', 0, end)) as Header
        ;({ mark, topic } = header)
        for (const [partition, low, high] of header.bounds) {
          const bounds = { topic, partition, low: BigInt(low), high: BigInt(high) }
          log.set(logKey(bounds), new PartitionLog(bounds, lineOf(topic)))
        }
        rest = rest.subarray(end + 1)
      }
      const { records, read } = recordsIn(rest, mark)
      for (const record of records) partitionOf(log, topic, record.partition).add(record)
      rest = rest.subarray(read)
    }
    if (mark === undefined || rest.length > 0) throw new Error(`${file} is not a whole dump of a log`)
  }
  return log
}

/** The records that are whole in the buffer, and how many of its bytes they are. */
function recordsIn(
  bytes: Buffer,
  mark: string,
): { readonly records: readonly DumpedRecord[]; readonly read: number } {
  const records: DumpedRecord[] = []
  let read = 0
  for (;;) {
    const line = bytes.indexOf(0x0a, read)
    if (line === -1) break
    const [timestamp = '', partition = '', offset = '', keyText = '', valueText = ''] = bytes
      .toString('latin1', read, line)
      .split(' ')
    const keyBytes = Number(keyText)
    const valueBytes = Number(valueText)
    const valueAt = line + 1 + Math.max(keyBytes, 0)
    const headersAt = valueAt + Math.max(valueBytes, 0)
    const end = bytes.indexOf(mark, headersAt)
    if (end === -1) break
    records.push({
      partition: Number(partition),
      offset: BigInt(offset),
      timestamp: BigInt(timestamp),
      key: keyBytes === -1 ? null : bytes.subarray(line + 1, valueAt),
      value: valueBytes === -1 ? null : bytes.subarray(valueAt, headersAt),
      headers: bytes.subarray(headersAt, end),
    })
    read = end + mark.length
  }
  return { records, read }
}

function partitionOf(log: Log, topic: string, partition: number): PartitionLog {
  const found = log.get(logKey({ topic, partition }))
  if (found === undefined)
    throw new Error(`the dump has a record of ${topic}/${partition}, but no bounds of it`)
  return found
}
