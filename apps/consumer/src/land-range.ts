/** One range on its way: encode → claim → store. */
import { isDeepStrictEqual } from 'node:util'
import type { Chains } from './chain/chains.ts'
import { rangeChanged } from './chain/halt.ts'
import type { RangeLink } from './chain/link.ts'
import type { Lane } from './lane.ts'
import type { Store } from './lake/store.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { linkOf, prepareRange } from './prepared-range.ts'
import type { SealedRange } from './range.ts'
import { storeRange, type StoredRange } from './storer.ts'

export type Landing = {
  readonly store: Store
  readonly chains: Chains
  readonly budget: MemoryBudget
}

/**
 * All files of the range are durable when it resolves. Undefined: another writer had claimed its offsets, nothing was written.
 * Throws a PartitionHalt when what is there is not what it should be, or the store's Failure.
 */
export async function landRange(
  { store, chains, budget }: Landing,
  lane: Lane,
  range: SealedRange,
): Promise<StoredRange | undefined> {
  const { chain } = lane
  using prepared = await prepareRange(range, chain.place.epoch, budget)
  const link = linkOf(prepared, { nonce: chains.nonce, topicId: lane.topicId, before: lane.tail })
  if (range.claimed !== undefined) {
    requireSame(range.claimed, link)
    // failpoint: read-again
  } else {
    await chains.record(range.encoding)
    // failpoint: settings-recorded
    if (!(await chain.claim(link))) return undefined
  }
  lane.tail = link.tail
  return await storeRange(
    store,
    prepared,
    chain.guard((view) => view.frontier > range.end),
  )
}

/** What was read again must be what was claimed, to the last byte of its files. */
function requireSame(claimed: RangeLink, ours: RangeLink): void {
  if (!isDeepStrictEqual(contentOf(claimed), contentOf(ours))) throw rangeChanged(claimed)
}

function contentOf({ digest, files, dead }: RangeLink): unknown {
  return [digest, dead, ...files.map((file) => [file.key, file.digest])]
}
