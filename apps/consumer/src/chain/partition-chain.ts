/**
 * The chain of one partition: its latest link says what is stored, the next link claims what comes next.
 *
 * Why a claim is exclusive: links are created, never replaced, and named by their start; a writer claims only from a
 * frontier it has read from the chain. So links form one chain without gap or overlap, whoever writes them.
 * Rule R3: a view older than ten minutes is renewed before anything is written; the store asks in the turn of the request.
 */
import { Content } from '../content.ts'
import type { Clock } from '../clock.ts'
import type { CreateOutcome, Store, WriteGuard } from '../lake/store.ts'
import { chainPrefix, genesisKey, linkKey, type ChainPlace } from './chain-keys.ts'
import { foreignChain } from './halt.ts'
import {
  decodeGenesis,
  decodeLink,
  encodeGenesis,
  encodeLink,
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
    const askedAtMs = this.#clock.nowMs()
    for await (const key of this.#store.list(chainPrefix(this.place), 1)) {
      const view =
        key === genesisKey(this.place) ? await this.#viewOfGenesis(key) : await this.#viewOfLink(key)
      this.#lookedAtMs = askedAtMs
      return view
    }
    return undefined
  }

  /** Begins the chain, unless somebody has done so already: then theirs counts (rule R1). */
  async begin(genesis: Genesis): Promise<ChainView> {
    await this.#create(genesisKey(this.place), encodeGenesis(genesis))
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
      const outcome = await this.#create(linkKey(this.place, link.start), encodeLink(link), guard)
      // failpoint: claimed
      return outcome !== 'different'
    } catch (error) {
      if (error instanceof Overtaken) return false
      throw error
    }
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

  async #viewOfGenesis(key: string): Promise<ChainView> {
    const { start } = await this.#read(key, decodeGenesis)
    return { frontier: start, latest: undefined, missing: [], tail: undefined, isEnded: false }
  }

  async #viewOfLink(key: string): Promise<ChainView> {
    const latest = await this.#read(key, decodeLink)
    const isEnded = latest.kind === 'end'
    const frontier = isEnded ? latest.start : latest.end + 1n
    return { frontier, latest, missing: await this.#missingOf(latest), tail: latest.tail, isEnded }
  }

  async #missingOf(link: Link): Promise<string[]> {
    if (link.kind !== 'range') return []
    const keys = [...link.files, ...(link.dead === null ? [] : [link.dead])].map(({ key }) => key)
    const found = await Promise.all(keys.map((key) => this.#store.head(key)))
    return keys.filter((_, i) => found[i] === undefined)
  }

  async #read<T>(key: string, decode: (bytes: Buffer) => T): Promise<T> {
    const bytes = await this.#store.read(key)
    if (bytes === undefined) throw new Error(`${this.#store.name} lists ${key}, but does not have it`)
    try {
      return decode(bytes)
    } catch (error) {
      throw foreignChain(key, this.#store.name, error)
    }
  }

  #create(key: string, bytes: Buffer, guard?: WriteGuard): Promise<CreateOutcome> {
    const contentType = 'application/json'
    return this.#store.create({
      key,
      body: Content.of(bytes),
      digest: undefined,
      contentType,
      facts: {},
      ...(guard && { guard }),
    })
  }
}
