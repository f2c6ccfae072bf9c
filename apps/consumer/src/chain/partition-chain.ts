/**
 * The chain of one partition: its latest link says what is stored, the next link claims what comes next.
 *
 * Why a claim is exclusive: links are created, never replaced, and named by their start; a writer claims only from a
 * frontier it has read from the chain. So links form one chain without gap or overlap, whoever writes them.
 * Rule R3: a view older than ten minutes is renewed before anything is written; the store asks in the turn of the request.
 */
import type { Clock } from '../clock.ts'
import { createDocument } from '../lake/create-document.ts'
import type { Store, WriteGuard } from '../lake/store.ts'
import { abandonKey, chainPrefix, genesisKey, linkKey, type ChainPlace } from './chain-keys.ts'
import { foreignChain } from './halt.ts'
import {
  decodeGenesis,
  decodeLink,
  encodeGenesis,
  encodeLink,
  type GapLink,
  type Genesis,
  type Link,
  type Tail,
} from './link.ts'

const viewIsOldAfterMs = 10 * 60_000

/** What the chain says. */
export type ChainView = {
  /** Everything below is stored once `missing` is empty, or was given up; the next range starts here. */
  readonly frontier: bigint
  /** Undefined: the chain has only its genesis. */
  readonly latest: Link | undefined
  /** Keys of the latest link's files that are not stored yet. Earlier links have all of theirs (rule R4). */
  readonly missing: readonly string[]
  readonly tail: Tail | undefined
  readonly topicId: string | undefined
  /** An operator ended this chain: the partition goes on in the next epoch. */
  readonly isEnded: boolean
}

/** The chain is no longer as a writer needs it; nothing was sent. */
class Overtaken extends Error {}

export class PartitionChain {
  readonly place: ChainPlace
  readonly #store: Store
  readonly #clock: Clock
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(place: ChainPlace, options: { readonly store: Store; readonly clock: Clock }) {
    this.place = place
    this.#store = options.store
    this.#clock = options.clock
  }

  /** Undefined when there is no chain yet. Throws a PartitionHalt for a link it cannot read. */
  async look(): Promise<ChainView | undefined> {
    for (;;) {
      // As old as the question, not as the answer.
      const askedAtMs = this.#clock.nowMs()
      const [key] = await Array.fromAsync(this.#store.list(chainPrefix(this.place), 1))
      if (key === undefined) return undefined
      const bytes = await this.#store.read(key)
      // Collected since it was listed: there are later ones.
      if (bytes === undefined) continue
      const view =
        key === genesisKey(this.place) ? this.#viewOfGenesis(key, bytes) : await this.#viewOfLink(key, bytes)
      this.#lookedAtMs = askedAtMs
      return view
    }
  }

  /** Begins the chain, unless somebody has done so already: then theirs counts (rule R1). */
  async begin(genesis: Genesis): Promise<ChainView> {
    await createDocument(this.#store, genesisKey(this.place), encodeGenesis(genesis))
    const view = await this.look()
    if (view === undefined)
      throw new Error(`${this.#store.name} does not list ${genesisKey(this.place)}, which was created`)
    return view
  }

  /**
   * Claims the range of the link. False: another writer has the offsets, or some of them; nothing may be written for them.
   * A 412 to a request whose first answer was lost is told apart by the bytes, which hold the writer's nonce.
   */
  async claim(link: Link): Promise<boolean> {
    const guard = this.guard(
      (view) => view.frontier === link.start && view.missing.length === 0 && !view.isEnded,
    )
    try {
      // failpoint: claim
      const outcome = await createDocument(
        this.#store,
        linkKey(this.place, link.start),
        encodeLink(link),
        guard,
      )
      // failpoint: claimed
      return outcome !== 'different'
    } catch (error) {
      if (error instanceof Overtaken) return false
      throw error
    }
  }

  /** Gives up a claim that cannot be finished: its records are no longer in the log. Its files may still come from who made it. */
  async abandon(gap: GapLink): Promise<void> {
    await createDocument(this.#store, abandonKey(this.place, gap.start), encodeLink(gap))
  }

  /** For writing by the view of this chain. When it is renewed, the chain must still be as the writer needs it. */
  guard(isStill: (view: ChainView) => boolean): WriteGuard {
    return {
      isFresh: () => this.#clock.nowMs() - this.#lookedAtMs <= viewIsOldAfterMs,
      renew: async () => {
        const view = await this.look()
        if (view === undefined || !isStill(view))
          throw new Overtaken(`${chainPrefix(this.place)} has gone on without this writer`)
      },
    }
  }

  #viewOfGenesis(key: string, bytes: Buffer): ChainView {
    const { start, topicId } = this.#decode(key, bytes, decodeGenesis)
    return { frontier: start, latest: undefined, missing: [], tail: undefined, topicId, isEnded: false }
  }

  async #viewOfLink(key: string, bytes: Buffer): Promise<ChainView> {
    const latest = this.#decode(key, bytes, decodeLink)
    const isEnded = latest.kind === 'end'
    return {
      frontier: isEnded ? latest.start : latest.end + 1n,
      latest,
      missing: await this.#missingOf(latest),
      tail: latest.tail,
      topicId: latest.topicId,
      isEnded,
    }
  }

  async #missingOf(link: Link): Promise<string[]> {
    if (link.kind !== 'range') return []
    const keys = [...link.files, ...(link.dead === null ? [] : [link.dead])].map(({ key }) => key)
    const found = await Promise.all(keys.map((key) => this.#store.head(key)))
    return keys.filter((_, i) => found[i] === undefined)
  }

  #decode<T>(key: string, bytes: Buffer, decode: (bytes: Buffer) => T): T {
    try {
      return decode(bytes)
    } catch (error) {
      throw foreignChain(key, this.#store.name, error)
    }
  }
}
