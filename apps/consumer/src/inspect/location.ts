/**
 * Where an offset is, as far as its link tells: the link names objects with the first and last offset of each and the number of
 * their records; without holes between the two, that gives the line. Pure.
 */
import type { EndLink, GapLink, Genesis, Link, LinkFile, RangeLink } from '../chain/link.ts'
import type { ChainEntry } from './chain-entries.ts'

/** An object that has the record, or may have it; lines count from 1 (rows in Parquet, records in raw). */
export type Holder = {
  readonly key: string
  readonly isDead: boolean
  /** It is one of these lines; they are the same when that is certain. */
  readonly firstLine: number
  readonly lastLine: number
}

export type Location =
  /** In one of the holders. `isCertain`: there is one, and one line. */
  | {
      readonly kind: 'stored'
      readonly link: RangeLink
      readonly isCertain: boolean
      readonly holders: readonly Holder[]
    }
  /** The range was stored, and no object has it: a transaction marker, a compacted record, or one that the settings leave out. */
  | { readonly kind: 'no-record'; readonly link: RangeLink }
  | { readonly kind: 'given-up'; readonly link: GapLink }
  | { readonly kind: 'not-stored-yet'; readonly frontier: bigint }
  /** The topic was made anew here: the next epoch goes on. */
  | { readonly kind: 'ended'; readonly link: EndLink }
  | { readonly kind: 'before-the-chain'; readonly genesis: Genesis }
  /** No link begins at the offset or before it. */
  | { readonly kind: 'no-link' }

/** @param entry of the chain: the one with the greatest start that is not behind the offset */
export function locationOf(entry: ChainEntry | undefined, offset: bigint): Location {
  switch (entry?.kind) {
    case 'genesis':
      return offset < entry.genesis.start
        ? { kind: 'before-the-chain', genesis: entry.genesis }
        : { kind: 'no-link' }
    case 'link':
    case 'abandoned':
      return locationIn(entry.link, offset)
    default:
      return { kind: 'no-link' }
  }
}

function locationIn(link: Link, offset: bigint): Location {
  if (link.kind === 'end') return { kind: 'ended', link }
  if (offset > link.end) return { kind: 'not-stored-yet', frontier: link.end + 1n }
  if (link.kind === 'gap') return { kind: 'given-up', link }
  const files = link.files.filter(({ first, last }) => first <= offset && offset <= last)
  const sure = files.find(isDense)
  if (sure !== undefined) return { kind: 'stored', link, isCertain: true, holders: [holderOf(sure, offset)] }
  const holders = files.map((file) => holderOf(file, offset))
  if (link.dead !== null) {
    const lines = { firstLine: 1, lastLine: link.dead.records }
    holders.push({ key: link.dead.key, isDead: true, ...lines })
  }
  if (holders.length === 0) return { kind: 'no-record', link }
  const isCertain = holders.length === 1 && isFull(link) && holders[0]?.firstLine === holders[0]?.lastLine
  return { kind: 'stored', link, isCertain, holders }
}

/** Every offset of it is a record. */
function isDense({ first, last, records }: LinkFile): boolean {
  return last - first + 1n === BigInt(records)
}

/** Every offset of the range is a record in one of its objects. */
function isFull({ start, end, records, skipped = 0 }: RangeLink): boolean {
  return skipped === 0 && end - start + 1n === BigInt(records)
}

/** As many records as offsets lie before it at most, and as many behind it. */
function holderOf({ key, first, last, records }: LinkFile, offset: bigint): Holder {
  return {
    key,
    isDead: false,
    firstLine: Math.max(1, records - Number(last - offset)),
    lastLine: Math.min(records, Number(offset - first) + 1),
  }
}
