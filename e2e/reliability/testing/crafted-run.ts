/** A run that never was: a log, a lake, a ledger and a history, written by hand so that a test can make one thing wrong. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { check, type Evidence } from '../check.ts'
import type { LedgerEntry } from '../check-producer.ts'
import { countByCode, type FindingCode } from '../finding.ts'
import { PartitionLog } from '../partition-log.ts'

export const topic = 'a.pin'
export const timestamp = 1_600_000_000_000n

export type CraftedRecord = {
  readonly offset: number
  readonly value: string | null
  readonly key?: string
  readonly headers?: string
}

/** Records of partition 0 at these offsets: `{"seq":<offset>}`. */
export const records = (...offsets: readonly number[]): readonly CraftedRecord[] =>
  offsets.map((offset) => ({ offset, value: `{"seq":${offset}}` }))

export const upTo = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, i) => i)

/** The log of partition 0. */
export function logOf(
  crafted: readonly CraftedRecord[],
  bounds: { readonly low?: bigint; readonly high?: bigint } = {},
): ReadonlyMap<string, PartitionLog> {
  const high = bounds.high ?? BigInt((crafted.at(-1)?.offset ?? -1) + 1)
  const log = new PartitionLog({ topic, partition: 0, low: bounds.low ?? 0n, high })
  for (const { offset, value, key = 'k', headers = '' } of crafted) {
    log.add({
      offset: BigInt(offset),
      timestamp,
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: Buffer.from(headers),
    })
  }
  return new Map([[`${topic}/0`, log]])
}

export type Names = {
  readonly area?: string
  readonly path?: string
  readonly partition?: number
  readonly extension?: string
}

const digits = (offset: number): string => String(offset).padStart(20, '0')

/** The key of an object of these offsets. */
export function keyOf(start: number, end: number, names: Names = {}): string {
  const { area = 'topics', path = 'partition=0', partition = 0, extension = '.json' } = names
  return `${area}/${topic}/${path}/${topic}+${partition}+${digits(start)}-${digits(end)}${extension}`
}

export type CraftedLake = Readonly<Record<string, string | Buffer>>

/** An object of one line for each record, in the format `json`. */
export const linesOf = (crafted: readonly CraftedRecord[]): string =>
  crafted.map(({ value }) => `${value ?? 'null'}\n`).join('')

/** An object of these offsets and no others, right in every way. */
export const objectOf = (...offsets: readonly number[]): CraftedLake => ({
  [keyOf(offsets[0] ?? 0, offsets.at(-1) ?? 0)]: linesOf(records(...offsets)),
})

export function envelope(offset: number, over: Readonly<Record<string, unknown>> = {}): string {
  const base = {
    topic,
    partition: 0,
    offset,
    timestamp: Number(timestamp),
    key: 'k',
    headers: {},
    value: { seq: offset },
  }
  return `${JSON.stringify({ ...base, ...over })}\n`
}

export const deadLetter = (
  offset: number,
  value: string,
  over: Readonly<Record<string, unknown>> = {},
): string =>
  envelope(offset, { value, reason: 'not-json', detail: 'The value is not well-formed JSON.', ...over })

export const gzipped = (text: string): Buffer => gzipSync(text)

export function acked(offset: number, over: Partial<LedgerEntry> = {}): LedgerEntry {
  const sha256 = createHash('sha256').update(`{"seq":${offset}}`).digest('hex')
  return {
    topic,
    partition: 0,
    key: 'k',
    seq: offset,
    sha256,
    outcome: 'ok',
    offset: String(offset),
    ...over,
  }
}

/** What the checker finds: the count by code, and the sentences. */
export async function findings(
  run: Omit<Evidence, 'lake'> & { readonly lake: CraftedLake },
): Promise<{ readonly counts: Partial<Record<FindingCode, number>>; readonly sentences: readonly string[] }> {
  const { lake } = run
  const report = await check({
    ...run,
    lake: {
      list: async () => Object.keys(lake).map((key) => ({ key, content: key })),
      read: async (key) => Buffer.from(lake[key] ?? ''),
    },
  })
  return { counts: countByCode(report.findings), sentences: report.findings.map(({ sentence }) => sentence) }
}
