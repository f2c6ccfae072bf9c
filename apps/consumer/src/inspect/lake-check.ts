/**
 * `verify`: every chain is whole, every file of every link is there as its link fixed it, and nothing else lies beside them.
 *
 * Each chain is read once, the latest link first, and each object once, several at a time; nothing of them is kept but a
 * number of 6 bytes for each name. Only when something differs are the chains read a second time, to tell what became of
 * what is missing. A lake that is being written to may be verified: an object whose name is not known yet is looked up by the
 * link that it names.
 */
import { hash } from 'node:crypto'
import { linkKey, type ChainPlace } from '../chain/chain-keys.ts'
import type { Link, RangeLink } from '../chain/link.ts'
import type { Store } from '../lake/store.ts'
import { ChainCheck } from './chain-check.ts'
import { chainsIn, entriesOf, readEntry } from './chain-entries.ts'
import { filesOf, type ClaimedFile } from './claimed-file.ts'
import { explain, type Suspects } from './explanation.ts'
import type { Finding } from './finding.ts'
import { inOrder } from './in-order.ts'
import { contentOf, type FoundContent } from './object-content.ts'
import { objectKeyParts } from './object-name.ts'
import { countedFormat, WrittenFormats } from './written-formats.ts'

/** Objects that are read at a time. */
const atATime = 8

export type LakeTotals = { chains: number; links: number; objects: number; records: number; bytes: number }

type CheckOptions = {
  /** Undefined: all that the lake has. */
  readonly topics: readonly string[] | undefined
  /** Aborted: it ends with the reason. */
  readonly signal: AbortSignal
}

type ChainState = { readonly collectedBelow: bigint | undefined; readonly isEnded: boolean }

export class LakeCheck {
  /** What was looked at so far. */
  readonly totals: LakeTotals = { chains: 0, links: 0, objects: 0, records: 0, bytes: 0 }
  /** Those that have a chain. */
  readonly topics = new Set<string>()
  readonly #store: Store
  readonly #options: CheckOptions
  readonly #formats: WrittenFormats
  readonly #findings: Finding[] = []
  /** Names that links hold. */
  readonly #named = new Set<number>()
  readonly #chains = new Map<string, ChainState>()
  readonly #suspects: Suspects = { missing: [], wrong: [], strange: [] }

  constructor(store: Store, options: CheckOptions) {
    this.#store = store
    this.#options = options
    this.#formats = new WrittenFormats(store)
  }

  /** In the order of their keys. Rejects with the store's Failure, or with the signal's reason. */
  async run(): Promise<readonly Finding[]> {
    for await (const _ of inOrder(this.#claimedFiles(), atATime, (file) => this.#checkFile(file)));
    for await (const _ of inOrder(this.#unnamed(), atATime, (key) => this.#checkUnnamed(key)));
    this.#findings.push(...(await explain(this.#store, this.#options.topics, this.#suspects)))
    return this.#findings.toSorted((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
  }

  async *#claimedFiles(): AsyncGenerator<ClaimedFile> {
    for await (const place of chainsIn(this.#store, this.#options.topics)) {
      this.totals.chains++
      this.topics.add(place.topic)
      this.#requireEnded(place)
      yield* this.#filesOfChain(place)
    }
  }

  async *#filesOfChain(place: ChainPlace): AsyncGenerator<ClaimedFile> {
    const check = new ChainCheck(place)
    for await (const entry of entriesOf(this.#store, place)) {
      this.#options.signal.throwIfAborted()
      const mayBeMissing = entry.kind === 'link' ? check.whyIncomplete(entry.link) : undefined
      this.#findings.push(...check.add(entry))
      if (entry.kind !== 'link' && entry.kind !== 'abandoned') continue
      this.totals.links++
      if (entry.link.kind === 'gap') this.#findings.push(givenUp(entry.key, entry.link))
      if (entry.link.kind !== 'range') continue
      this.#requireAddsUp(entry.key, entry.link)
      for (const file of filesOf(entry.key, entry.link)) {
        this.#named.add(fingerprint(file.key))
        yield { ...file, mayBeMissing }
      }
    }
    this.#findings.push(...check.end())
    this.#chains.set(chainKey(place), { collectedBelow: check.collectedBelow, isEnded: check.isEnded })
  }

  /** Where a partition has a next epoch, the chain of the one before was closed: nobody writes to it any more. */
  #requireEnded(place: ChainPlace): void {
    const before = this.#chains.get(chainKey({ ...place, epoch: place.epoch - 1 }))
    if (before === undefined || before.isEnded) return
    const key = `_chain/${place.topic}@${place.epoch - 1}/${place.partition}/`
    const sentence = `was not ended, although the partition goes on in epoch ${place.epoch}`
    this.#findings.push({ code: 'epoch-open', key, sentence })
  }

  #requireAddsUp(key: string, { records, files, dead, skipped = 0 }: RangeLink): void {
    const sum = files.reduce((total, file) => total + file.records, (dead?.records ?? 0) + skipped)
    if (sum === records) return
    const sentence = `claims ${records} records, but its files and what was left out make ${sum}`
    this.#findings.push({ code: 'miscounted', key, sentence })
  }

  async #checkFile(file: ClaimedFile): Promise<void> {
    const { key } = file
    if (!hasItsName(file))
      this.#findings.push({ code: 'misnamed', key, sentence: `is no name for what ${file.linkKey} claims` })
    const written = await this.#formats.of(file.link.config)
    if (written === undefined) {
      const sentence = `is claimed by settings, _chain/config/${file.link.config}.json, that are not there or were changed`
      this.#findings.push({ code: 'settings', key, sentence })
    }
    const found = await contentOf(
      this.#store,
      key,
      file.isDead || written === undefined ? 'lines' : countedFormat(written),
    )
    if (found === undefined) return this.#missing(file)
    this.totals.objects++
    this.totals.records += file.records
    this.totals.bytes += found.storedBytes
    if (found.digest !== file.digest || found.damage !== undefined) this.#suspects.wrong.push({ file, found })
    else if (written !== undefined && found.records !== file.records) {
      const sentence = `holds ${found.records ?? 'no whole'} records, and its link says ${file.records}`
      this.#findings.push({ code: 'miscounted', key, sentence })
    }
  }

  #missing(file: ClaimedFile): void {
    const { key, mayBeMissing, link } = file
    if (mayBeMissing === undefined) this.#suspects.missing.push(file)
    else if (mayBeMissing !== 'abandoned') {
      const since = new Date(link.plannedAt).toISOString()
      const what =
        mayBeMissing === 'unfinished'
          ? 'is not stored yet: whoever has the partition stores it'
          : 'was not stored when the chain was ended: it is lost with the topic that was made anew'
      this.#findings.push({ code: mayBeMissing, key, sentence: `was claimed at ${since} and ${what}` })
    }
  }

  /** Objects that no link has named when it was read. */
  async *#unnamed(): AsyncGenerator<string> {
    for (const area of ['topics/', 'dead/']) {
      const prefixes = this.#options.topics?.map((topic) => `${area}${topic}/`) ?? [area]
      for (const prefix of prefixes) {
        for await (const key of this.#store.list(prefix)) {
          this.#options.signal.throwIfAborted()
          if (!this.#named.has(fingerprint(key))) yield key
        }
      }
    }
  }

  async #checkUnnamed(key: string): Promise<void> {
    const parts = objectKeyParts(key)
    const entry = parts && (await readEntry(this.#store, parts, linkKey(parts, parts.start)))
    // Claimed since the chain was read.
    if (entry?.kind === 'link' && namesFile(entry.link, key)) return
    // What it names is not known, and it is told already.
    if (entry?.kind === 'unreadable') return
    const chain = parts && this.#chains.get(chainKey(parts))
    if (parts !== undefined && chain?.collectedBelow !== undefined && parts.end < chain.collectedBelow) return
    const found: FoundContent | undefined = await contentOf(this.#store, key, 'lines')
    if (found === undefined) return
    const lostLink = parts !== undefined && entry === undefined ? linkKey(parts, parts.start) : undefined
    this.#suspects.strange.push({ key, digest: found.digest, lostLink })
  }
}

function givenUp(key: string, { start, end, reason, who }: Extract<Link, { readonly kind: 'gap' }>): Finding {
  return { code: 'given-up', key, sentence: `gave up the offsets ${start} to ${end} (${reason}; ${who})` }
}

function namesFile(link: Link, key: string): boolean {
  return (
    link.kind === 'range' &&
    [...link.files, ...(link.dead ? [link.dead] : [])].some((file) => file.key === key)
  )
}

/** The name says the same as the link. */
function hasItsName({ key, link, isDead }: ClaimedFile): boolean {
  const parts = objectKeyParts(key)
  return (
    parts !== undefined &&
    parts.area === (isDead ? 'dead' : 'topics') &&
    chainKey(parts) === chainKey(link) &&
    parts.start === link.start &&
    parts.end === link.end
  )
}

function chainKey({ topic, epoch, partition }: ChainPlace): string {
  return `${topic}@${epoch}/${partition}`
}

/** That an object which is too much has the one of another goes unseen: among a million, 4 times in 1,000,000,000. */
function fingerprint(key: string): number {
  return hash('sha256', key, 'buffer').readUIntBE(0, 6)
}
