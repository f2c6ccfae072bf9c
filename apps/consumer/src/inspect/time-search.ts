/**
 * Searches a chain for a time, by halving the offsets: each step asks for one link (two requests). It supposes that the times
 * of the records rise with their offsets, as they do where the brokers set them (LogAppendTime), and nearly so elsewhere.
 */
import type { ChainPlace } from '../chain/chain-keys.ts'
import type { Link } from '../chain/link.ts'
import type { Store } from '../lake/store.ts'
import { entryAt, latestEntry } from './chain-lookup.ts'

/** The first link with a record of this time (milliseconds since 1970) or later. Undefined when nothing so late is stored. */
export async function linkAtTime(store: Store, place: ChainPlace, timeMs: bigint): Promise<Link | undefined> {
  const latest = await latestEntry(store, place)
  if (latest?.kind !== 'link' && latest?.kind !== 'abandoned') return undefined
  if (isBefore(latest.link, timeMs)) return undefined
  let found = latest.link
  let low = 0n
  while (low < found.start) {
    const middle = (low + found.start - 1n) / 2n
    const entry = await entryAt(store, place, middle)
    if (entry?.kind !== 'link' && entry?.kind !== 'abandoned') {
      const start = entry?.kind === 'genesis' ? entry.genesis.start : 0n
      low = start > middle ? start : middle + 1n
    } else if (isBefore(entry.link, timeMs)) low = entry.link.end + 1n
    else found = entry.link
  }
  return found
}

/** All of its records, and of those before it. */
function isBefore(link: Link, timeMs: bigint): boolean {
  const times = link.kind === 'range' ? link.files.map(({ maxTimestamp }) => maxTimestamp) : []
  if (link.tail !== undefined) times.push(link.tail.timestamp)
  return times.every((time) => time < timeMs)
}
