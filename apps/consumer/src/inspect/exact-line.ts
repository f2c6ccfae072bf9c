/**
 * `locate --exact`: reads the objects that may hold the record, where that can tell more than the link. Dead letters and
 * envelopes have their offsets in them; a line of `json` has none, but where only dead letters lie between the lines, it can
 * be counted.
 */
import { pipeline } from 'node:stream/promises'
import type { RangeLink } from '../chain/link.ts'
import type { Store } from '../lake/store.ts'
import type { Holder, Location } from './location.ts'
import { unpackerOf } from './object-content.ts'
import type { WrittenFormat } from './written-formats.ts'

const lineFeed = 0x0a

type Stored = Extract<Location, { readonly kind: 'stored' }>

/** The same or a better answer. Rejects with the store's Failure, also for an object that is not there. */
export async function exactly(
  store: Store,
  { link, holders, ...stored }: Stored,
  offset: bigint,
  format: WrittenFormat['format'] | undefined,
): Promise<Location> {
  const dead = link.dead === null ? [] : await offsetsIn(store, link.dead.key)
  const deadLine = dead.indexOf(offset)
  if (link.dead !== null && deadLine >= 0) return certainly(link, link.dead.key, true, deadLine + 1)
  const data = holders.filter(({ isDead }) => !isDead)
  if (format === 'envelope') {
    for (const { key } of data) {
      const line = (await offsetsIn(store, key)).indexOf(offset)
      if (line >= 0) return certainly(link, key, false, line + 1)
    }
    return { kind: 'no-record', link }
  }
  const [only] = data
  if (only === undefined) return { kind: 'no-record', link }
  const counted = data.length === 1 ? countedLine(link, only, offset, dead) : undefined
  return counted === undefined
    ? { ...stored, link, isCertain: false, holders: data }
    : certainly(link, only.key, false, counted)
}

/** Undefined when something else than dead letters lies between the lines. */
function countedLine(
  link: RangeLink,
  { key }: Holder,
  offset: bigint,
  dead: readonly bigint[],
): number | undefined {
  const file = link.files.find((one) => one.key === key)
  if (file === undefined) return undefined
  const within = dead.filter((one) => one > file.first && one < file.last)
  if (BigInt(file.records + within.length) !== file.last - file.first + 1n) return undefined
  return Number(offset - file.first) + 1 - within.filter((one) => one < offset).length
}

function certainly(link: RangeLink, key: string, isDead: boolean, line: number): Location {
  return {
    kind: 'stored',
    link,
    isCertain: true,
    holders: [{ key, isDead, firstLine: line, lastLine: line }],
  }
}

/** Of the records in an object of envelopes or dead letters, line by line. */
async function offsetsIn(store: Store, key: string): Promise<bigint[]> {
  const offsets: bigint[] = []
  let rest: Buffer = Buffer.alloc(0)
  const take = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      const bytes = Buffer.concat([rest, chunk])
      let start = 0
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        offsets.push(offsetOf(bytes.toString('latin1', start, Math.min(end, start + longestBeginning))))
        start = end + 1
      }
      rest = bytes.subarray(start)
    }
  }
  const unpack = unpackerOf(key)
  const stored = await store.open(key)
  await (unpack === undefined ? pipeline(stored, take) : pipeline(stored, unpack, take))
  return offsets
}

/** The offset stands behind topic (249 characters at most) and partition; its digits may be more than a number has room for. */
const longestBeginning = 400

function offsetOf(line: string): bigint {
  return BigInt(/^\{"topic":"[^"]*","partition":\d+,"offset":(\d+),/.exec(line)?.[1] ?? -1)
}
