/** An object as its link fixed it. */
import type { RangeLink } from '../chain/link.ts'

/**
 * `unfinished`: its link is the latest. `abandoned`: its claim was given up. `lost`: the chain was ended before it was stored,
 * as the topic had been made anew.
 */
export type MayBeMissing = 'unfinished' | 'abandoned' | 'lost'

export type ClaimedFile = {
  readonly key: string
  /** SHA-256 (hex) of its content before compression, and the size of that. */
  readonly digest: string
  readonly bytes: number
  readonly records: number
  readonly isDead: boolean
  readonly linkKey: string
  readonly link: RangeLink
  /** Why it is no difference when it is not there. */
  readonly mayBeMissing?: MayBeMissing | undefined
}

export function filesOf(linkKey: string, link: RangeLink): ClaimedFile[] {
  const claimed = link.files.map(({ key, digest, bytes, records }) => ({
    key,
    digest,
    bytes,
    records,
    isDead: false,
  }))
  if (link.dead !== null) claimed.push({ ...link.dead, isDead: true })
  return claimed.map((file) => ({ ...file, linkKey, link }))
}
