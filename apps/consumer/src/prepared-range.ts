/**
 * A sealed range made ready: every object has its name, its bytes and its digest before anything is claimed, so that the
 * claim can fix them. Owns the range's memory until it is disposed.
 */
import type { RangeLink, Tail } from './chain/link.ts'
import type { OutputSettings } from './chain/output-settings.ts'
import type { Content } from './content.ts'
import { compress, extensions, type Compression } from './format/compress.ts'
import { objectKey } from './format/object-key.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { SealedRange } from './range.ts'
import type { RangeFile } from './range-file.ts'

type PreparedFile = Pick<
  RangeFile,
  'kind' | 'records' | 'first' | 'last' | 'minTimestamp' | 'maxTimestamp'
> & {
  readonly key: string
  readonly body: Content
  /** Of the content before it was compressed: SHA-256 (hex), and its size. */
  readonly digest: string
  readonly contentBytes: number
  readonly contentType: string
  readonly compression: Compression['kind']
}

export type PreparedRange = Omit<SealedRange, 'files'> &
  Disposable & { readonly epoch: number; readonly files: readonly PreparedFile[] }

/** Compresses the files and computes their digests. */
export async function prepareRange(
  range: SealedRange,
  epoch: number,
  budget: MemoryBudget,
): Promise<PreparedRange> {
  const files: PreparedFile[] = []
  try {
    for (const file of range.files) files.push(await prepareFile(range, file, epoch, budget))
  } catch (error) {
    for (const { body } of files) body.release()
    for (const { content } of range.files) content.release()
    throw error
  }
  return {
    ...range,
    epoch,
    files,
    [Symbol.dispose]() {
      for (const { body } of files) body.release()
    },
  }
}

/** What the claim of the range says. `before`: the tail of the chain so far. */
export function linkOf(
  range: PreparedRange,
  by: { readonly nonce: string; readonly topicId: string | undefined; readonly before: Tail | undefined },
): RangeLink {
  const { topic, epoch, partition, start, end, plannedAtMs, records, digest } = range
  const dead = range.files.find(({ kind }) => kind === 'dead')
  const tail = range.tail ?? by.before
  return {
    version: 1,
    topic,
    epoch,
    partition,
    topicId: by.topicId,
    start,
    end,
    nonce: by.nonce,
    plannedAt: plannedAtMs,
    ...(tail && { tail }),
    kind: 'range',
    config: range.encoding.id,
    records,
    ...(range.skipped > 0 && { skipped: range.skipped }),
    digest,
    files: range.files
      .filter(({ kind }) => kind === 'data')
      .map(
        ({
          key,
          records: lines,
          digest: content,
          contentBytes,
          first,
          last,
          minTimestamp,
          maxTimestamp,
        }) => ({
          key,
          records: lines,
          digest: content,
          bytes: contentBytes,
          first,
          last,
          minTimestamp,
          maxTimestamp,
        }),
      ),
    dead: dead
      ? { key: dead.key, records: dead.records, digest: dead.digest, bytes: dead.contentBytes }
      : null,
  }
}

async function prepareFile(
  range: SealedRange,
  file: RangeFile,
  epoch: number,
  budget: MemoryBudget,
): Promise<PreparedFile> {
  const { encoding } = range
  const isData = file.kind === 'data'
  const compression = isData ? encoding.compression : deadCompression(encoding.settings.compression)
  const content = isData ? await encoding.complete(file.content, range.topic, budget) : file.content
  const contentBytes = content.bytes
  const { body, digest } = await compress(content, compression, budget)
  return {
    kind: file.kind,
    records: file.records,
    first: file.first,
    last: file.last,
    minTimestamp: file.minTimestamp,
    maxTimestamp: file.maxTimestamp,
    key: objectKey({
      area: isData ? 'topics' : 'dead',
      topic: range.topic,
      epoch,
      partition: range.partition,
      path: isData ? file.path : `partition=${range.partition}`,
      start: range.start,
      end: range.end,
      extension: isData ? encoding.extension : `.json${extensions[compression.kind]}`,
    }),
    body,
    digest,
    contentBytes,
    contentType: isData ? encoding.contentType : 'application/x-ndjson',
    compression: compression.kind,
  }
}

/** Dead letters are read by people with the tools at hand: gzip when the data is compressed at all. */
function deadCompression({ kind, level }: OutputSettings['compression']): Compression {
  if (kind === 'none' || kind === 'gzip') return { kind, level }
  return { kind: 'gzip', level: 1 }
}
