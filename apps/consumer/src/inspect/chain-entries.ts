/** The chains of a lake, and what is in each, the latest link first. Reads only. */
import { chainPrefix, genesisKey, type ChainPlace } from '../chain/chain-keys.ts'
import { decodeGenesis, decodeLink, type GapLink, type Genesis, type Link } from '../chain/link.ts'
import type { Store } from '../lake/store.ts'
import { inOrder } from './in-order.ts'

export type ChainEntry = { readonly key: string } & (
  | { readonly kind: 'genesis'; readonly genesis: Genesis }
  | { readonly kind: 'link'; readonly link: Link }
  /** The claim of the link that follows was given up. */
  | { readonly kind: 'abandoned'; readonly link: GapLink }
  | { readonly kind: 'unreadable'; readonly start: bigint | undefined }
)

/** Links that are read ahead. */
const readAhead = 8
const linkName = /^\d{19}-(\d{1,19})(\.abandoned)?\.json$/

/** Every chain of the topics (of all, unless they are named), in the order of topics, epochs and partitions. */
export async function* chainsIn(store: Store, topics?: readonly string[]): AsyncGenerator<ChainPlace> {
  const places = (await store.folders('_chain/')).flatMap((name) => {
    const [, topic, epoch] = /^(.+)@(\d+)$/.exec(name) ?? []
    return topic === undefined || topics?.includes(topic) === false ? [] : [{ topic, epoch: Number(epoch) }]
  })
  for (const { topic, epoch } of places.toSorted(byTopicAndEpoch)) {
    const folders = await store.folders(`_chain/${topic}@${epoch}/`)
    for (const partition of folders.map(Number).toSorted((a, b) => a - b)) yield { topic, epoch, partition }
  }
}

/** Links from the latest to the oldest, then the genesis. What was collected since it was listed is left out. */
export async function* entriesOf(store: Store, place: ChainPlace): AsyncGenerator<ChainEntry> {
  const prefix = chainPrefix(place)
  for await (const entry of inOrder(store.list(prefix), readAhead, (key) => readEntry(store, place, key)))
    if (entry !== undefined) yield entry
}

/** Undefined when it is not there. */
export async function readEntry(
  store: Store,
  place: ChainPlace,
  key: string,
): Promise<ChainEntry | undefined> {
  const bytes = await store.read(key)
  return bytes && entryOf(place, key, bytes)
}

function entryOf(place: ChainPlace, key: string, bytes: Buffer): ChainEntry {
  const [, start, marker] = linkName.exec(key.slice(chainPrefix(place).length)) ?? []
  try {
    if (key === genesisKey(place)) return { kind: 'genesis', key, genesis: decodeGenesis(bytes) }
    const link = decodeLink(bytes)
    if (marker === undefined) return { kind: 'link', key, link }
    if (link.kind === 'gap') return { kind: 'abandoned', key, link }
  } catch {
    // A newer version's, or somebody else's: what is wrong with it is no matter.
  }
  return { kind: 'unreadable', key, start: start === undefined ? undefined : BigInt(start) }
}

type TopicEpoch = { readonly topic: string; readonly epoch: number }

function byTopicAndEpoch(a: TopicEpoch, b: TopicEpoch): number {
  return a.topic === b.topic ? a.epoch - b.epoch : a.topic < b.topic ? -1 : 1
}
