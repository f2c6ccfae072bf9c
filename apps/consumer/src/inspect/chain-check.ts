/**
 * Whether the links of one chain follow each other without gap or overlap, from its genesis to the latest. It is told the
 * entries from the latest to the oldest, and then that there are no more. Pure.
 */
import { abandonKey, genesisKey, linkKey, type ChainPlace } from '../chain/chain-keys.ts'
import type { Link } from '../chain/link.ts'
import type { ChainEntry } from './chain-entries.ts'
import type { MayBeMissing } from './claimed-file.ts'
import type { Finding } from './finding.ts'

/** Rule R3: links may be collected when they are old, but never these newest ones. */
const neverCollected = 100

export class ChainCheck {
  readonly #place: ChainPlace
  #links = 0
  /** Start of the entry before, which is the next one in the order of offsets; its end may be unknown. */
  #above: { readonly start: bigint; readonly isMarker: boolean } | undefined
  #hasUnknownEnd = false
  #hasGenesis = false
  #isEnded = false
  /** Below it nothing is said by the chain any more, as old links were collected. */
  #collectedBelow: bigint | undefined

  constructor(place: ChainPlace) {
    this.#place = place
  }

  get collectedBelow(): bigint | undefined {
    return this.#collectedBelow
  }

  /** The operator's link that closes the chain is there. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Of the link that is told next: why files of it may be missing. */
  whyIncomplete(link: Link): MayBeMissing | undefined {
    if (this.#isAbandoned(link)) return 'abandoned'
    if (this.#links === 0) return 'unfinished'
    return this.#isEnded && this.#links === 1 ? 'lost' : undefined
  }

  add(entry: ChainEntry): Finding[] {
    switch (entry.kind) {
      case 'genesis':
        this.#hasGenesis = true
        return isAt(this.#place, entry.genesis)
          ? this.#beginsAt(entry.key, entry.genesis.start)
          : [misplaced(entry.key)]
      case 'unreadable':
        if (entry.start !== undefined) {
          this.#links++
          this.#above = { start: entry.start, isMarker: false }
          this.#hasUnknownEnd = true
        }
        return [
          {
            code: 'link-unreadable',
            key: entry.key,
            sentence: 'is no link that this version can read: it was changed, or is not of this sink',
          },
        ]
      default:
        return this.#addLink(entry.key, entry.link, entry.kind === 'abandoned')
    }
  }

  /** There are no more entries. */
  end(): Finding[] {
    if (this.#hasGenesis || this.#links === 0) return []
    const key = genesisKey(this.#place)
    if (this.#links >= neverCollected) return [this.#collected(key)]
    return [{ code: 'link-missing', key, sentence: 'is not there: nothing says where the chain begins' }]
  }

  #addLink(key: string, link: Link, isMarker: boolean): Finding[] {
    const expected = isMarker ? abandonKey(this.#place, link.start) : linkKey(this.#place, link.start)
    if (!isAt(this.#place, link) || key !== expected) return [misplaced(key)]
    const findings = this.#isAbandoned(link) ? [] : this.#followedBy(key, link)
    this.#isEnded ||= link.kind === 'end'
    this.#links++
    this.#above = { start: link.start, isMarker }
    return findings
  }

  /** The link's claim was given up, as the marker before it says. */
  #isAbandoned(link: Link): boolean {
    return this.#above?.isMarker === true && this.#above.start === link.start
  }

  /** Whether the link that was told before begins where this one ends. */
  #followedBy(key: string, { kind, start, end }: Link): Finding[] {
    const above = this.#above
    const isUnknown = this.#hasUnknownEnd
    this.#hasUnknownEnd = false
    if (above === undefined) return []
    const next = kind === 'end' ? start : end + 1n
    if (next > above.start || kind === 'end') {
      const sentence =
        kind === 'end'
          ? `ended this chain, but the link of offset ${above.start} goes on with it`
          : `holds the offsets ${start} to ${end}, and the next link begins at ${above.start}`
      return [{ code: 'link-overlap', key, sentence }]
    }
    return next < above.start && !isUnknown ? [this.#hole(next, above.start)] : []
  }

  #beginsAt(key: string, start: bigint): Finding[] {
    const above = this.#above
    if (above === undefined || start === above.start) return []
    if (start > above.start) {
      return [
        {
          code: 'link-overlap',
          key,
          sentence: `begins the chain at ${start}, behind the link of ${above.start}`,
        },
      ]
    }
    return this.#links >= neverCollected ? [this.#collected(key)] : [this.#hole(start, above.start)]
  }

  #hole(from: bigint, next: bigint): Finding {
    return {
      code: 'link-missing',
      key: linkKey(this.#place, from),
      sentence: `is not there: no link tells of the offsets ${from} to ${next - 1n}`,
    }
  }

  #collected(key: string): Finding {
    this.#collectedBelow = this.#above?.start
    return {
      code: 'collected',
      key,
      sentence: `the links below offset ${this.#collectedBelow} were collected: what is stored of these offsets cannot be verified`,
    }
  }
}

type Placed = { readonly topic: string; readonly epoch: number; readonly partition: number }

function isAt(place: Placed, { topic, epoch, partition }: Placed): boolean {
  return topic === place.topic && epoch === place.epoch && partition === place.partition
}

function misplaced(key: string): Finding {
  return { code: 'link-misplaced', key, sentence: 'is a link of another place: it was moved or copied here' }
}
