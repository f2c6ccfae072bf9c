/**
 * What became of objects that are missing, differ, or are too many: the content of one may lie under the name of another.
 * Asks the chains a second time for whose content it is, and only when there is something to explain.
 */
import type { Store } from '../lake/store.ts'
import { chainsIn, entriesOf } from './chain-entries.ts'
import { filesOf, type ClaimedFile } from './claimed-file.ts'
import type { Finding } from './finding.ts'
import type { FoundContent } from './object-content.ts'

export type Suspects = {
  readonly missing: ClaimedFile[]
  readonly wrong: { readonly file: ClaimedFile; readonly found: FoundContent }[]
  /** Objects that no link names. `lostLink`: the link of its name, which is not there. */
  readonly strange: { readonly key: string; readonly digest: string; readonly lostLink: string | undefined }[]
}

/** One finding for each of them; a missing object and the one that has its content are one. */
export async function explain(
  store: Store,
  topics: readonly string[] | undefined,
  { missing, wrong, strange }: Suspects,
): Promise<readonly Finding[]> {
  const digests = new Set([...wrong.map(({ found }) => found.digest), ...strange.map(({ digest }) => digest)])
  const owners = digests.size === 0 ? new Map<string, string[]>() : await ownersOf(store, topics, digests)
  const unexplained = new Map(missing.map((file) => [file.key, file]))
  const findings: Finding[] = []
  for (const { key, digest, lostLink } of strange) {
    const owned = owners.get(digest) ?? []
    const moved = owned.find((owner) => unexplained.has(owner))
    if (moved !== undefined) {
      unexplained.delete(moved)
      findings.push({ code: 'renamed', key: moved, sentence: `is not there; its content is in ${key}` })
    } else if (owned[0] !== undefined) {
      findings.push({
        code: 'duplicate',
        key,
        sentence: `is named by no link; it holds the content of ${owned[0]} once more`,
      })
    } else if (lostLink !== undefined)
      findings.push({
        code: 'orphan',
        key,
        sentence: `is named by no link: ${lostLink}, which it belongs to, is not there`,
      })
    else findings.push({ code: 'foreign', key, sentence: 'is named by no link: it is not of this sink' })
  }
  for (const file of unexplained.values())
    findings.push({ code: 'missing', key: file.key, sentence: `is not there; ${file.linkKey} claims it` })
  for (const { file, found } of wrong) {
    const owner = owners.get(found.digest)?.find((key) => key !== file.key)
    findings.push(
      found.damage === undefined && owner !== undefined ? swapped(file, owner) : damaged(file, found),
    )
  }
  return findings
}

function swapped({ key }: ClaimedFile, owner: string): Finding {
  return { code: 'swapped', key, sentence: `holds the content of ${owner}` }
}

function damaged({ key, bytes, digest }: ClaimedFile, found: FoundContent): Finding {
  if (found.damage === 'ends-early' || (found.damage === undefined && found.bytes < bytes)) {
    return { code: 'truncated', key, sentence: `ends after ${found.bytes} bytes of content, of ${bytes}` }
  }
  const sentence =
    found.damage === undefined
      ? `has the digest ${found.digest}, and its link says ${digest}`
      : 'cannot be unpacked: its bytes were changed'
  return { code: 'changed', key, sentence }
}

/** Names of the files that links claim with these digests. */
async function ownersOf(
  store: Store,
  topics: readonly string[] | undefined,
  digests: ReadonlySet<string>,
): Promise<Map<string, string[]>> {
  const owners = new Map<string, string[]>()
  for await (const place of chainsIn(store, topics)) {
    for await (const entry of entriesOf(store, place)) {
      if (entry.kind !== 'link' || entry.link.kind !== 'range') continue
      for (const { key, digest } of filesOf(entry.key, entry.link)) {
        if (digests.has(digest)) owners.set(digest, [...(owners.get(digest) ?? []), key])
      }
    }
  }
  return owners
}
