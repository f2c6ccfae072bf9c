/** Finds links of a chain without reading the others: their names hold their starts, the latest first. */
import { chainPrefix, searchKey, type ChainPlace } from '../chain/chain-keys.ts'
import type { Store } from '../lake/store.ts'
import { readEntry, type ChainEntry } from './chain-entries.ts'

/**
 * The entry with the greatest start that is not behind the offset: in a whole chain the only one that can hold it; the
 * genesis when there is none. Two requests. Undefined when the partition has no chain.
 */
export async function entryAt(
  store: Store,
  place: ChainPlace,
  offset: bigint,
): Promise<ChainEntry | undefined> {
  const after = searchKey(place, offset)
  return await firstEntry(store, place, after)
}

/** The latest link, or the genesis. */
export async function latestEntry(store: Store, place: ChainPlace): Promise<ChainEntry | undefined> {
  return await firstEntry(store, place)
}

async function firstEntry(store: Store, place: ChainPlace, after?: string): Promise<ChainEntry | undefined> {
  const [key] = await Array.fromAsync(store.list(chainPrefix(place), 1, after))
  return key === undefined ? undefined : await readEntry(store, place, key)
}
