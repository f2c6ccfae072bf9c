/** Builders for the tests of this app: records, batches, a clock that is moved by hand, a store in memory. */
import { Readable } from 'node:stream'
import type { FetchedBatch, FetchedRecord } from '@pinpipe/kafka/record-consumer'
import { cursorOf } from '@pinpipe/kafka/record-cursor'
import type { Clock } from '../clock.ts'
import { Content } from '../content.ts'
import { MemoryBudget } from '../memory-budget.ts'
import type { CreateOutcome, NewObject, ObjectFacts, Store } from '../lake/store.ts'

export const at = { topic: 't', partition: 0 } as const

export function record(
  offset: bigint | number,
  value: string | Buffer | null = `{"n":${offset}}`,
): FetchedRecord {
  const bytes = value === null ? null : Buffer.from(value)
  return {
    offset: BigInt(offset),
    timestamp: 1_598_586_767_000n,
    key: Buffer.from(String(offset)),
    value: bytes,
    headers: [],
  }
}

/** Records `first`…`last`, each of the value `{"n":<offset>}` unless `valueAt` says otherwise. */
export function batch(
  first: number,
  last: number,
  more: Partial<FetchedBatch> & { readonly valueAt?: (offset: number) => string | Buffer | null } = {},
): FetchedBatch {
  const { valueAt, ...rest } = more
  const records = Array.from({ length: last - first + 1 }, (_, i) =>
    valueAt === undefined ? record(first + i) : record(first + i, valueAt(first + i)),
  )
  return {
    ...at,
    records: cursorOf(records),
    firstOffset: BigInt(first),
    lastOffset: BigInt(last),
    highWatermark: BigInt(last + 1),
    ...rest,
  }
}

/** Timers fire in order when time is moved over them. */
export class HandClock implements Clock {
  #nowMs = 0
  #timers: { readonly dueMs: number; readonly callBack: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs
  }

  after(delayMs: number, callBack: () => void): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + delayMs, callBack }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  get timers(): number {
    return this.#timers.length
  }

  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    for (const timer of this.#timers.toSorted((a, b) => a.dueMs - b.dueMs)) {
      if (timer.dueMs > this.#nowMs) continue
      this.#timers = this.#timers.filter((other) => other !== timer)
      timer.callBack()
    }
    await turns()
  }
}

/** Lets everything run that waits for nothing but promises. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

type StoredObject = { readonly bytes: Buffer; readonly object: NewObject }

/**
 * Creates exclusively, as a store must. `before` is awaited ahead of each object that is not the protocol's: to hold it up,
 * or to fail it.
 */
export class MemoryStore implements Store {
  readonly name = 'memory:lake'
  readonly objects: Map<string, StoredObject>
  readonly #before: (object: NewObject) => Promise<void> | void

  /** @param objects of another store, to share them */
  constructor(
    before: (object: NewObject) => Promise<void> | void = () => undefined,
    objects = new Map<string, StoredObject>(),
  ) {
    this.#before = before
    this.objects = objects
  }

  async create(object: NewObject): Promise<CreateOutcome> {
    if (!object.key.startsWith('_')) await this.#before(object)
    while (object.guard?.isFresh() === false) await object.guard.renew()
    const bytes = Buffer.concat(object.body.chunks())
    const existing = this.objects.get(object.key)
    if (existing !== undefined) return existing.bytes.equals(bytes) ? 'same' : 'different'
    this.objects.set(object.key, { bytes, object })
    return 'created'
  }

  async read(key: string): Promise<Buffer | undefined> {
    return this.objects.get(key)?.bytes
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    const found = this.objects.get(key)
    return found && { bytes: found.bytes.length }
  }

  async *list(prefix: string, limit = Number.POSITIVE_INFINITY, after = ''): AsyncIterable<string> {
    yield* this.#allKeys.filter((key) => key.startsWith(prefix) && key > after).slice(0, limit)
  }

  async folders(prefix: string): Promise<readonly string[]> {
    const parts = this.#allKeys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
    return [...new Set(parts.flatMap((part) => (part.includes('/') ? part.slice(0, part.indexOf('/')) : [])))]
  }

  async open(key: string): Promise<Readable> {
    const found = this.objects.get(key)
    if (found === undefined) throw new Error(`${key} is not there`)
    return Readable.from([found.bytes])
  }

  text(key: string): string | undefined {
    return this.objects.get(key)?.bytes.toString()
  }

  /** Of data objects and dead letters. */
  get keys(): string[] {
    return this.#allKeys.filter((key) => !key.startsWith('_'))
  }

  get #allKeys(): string[] {
    return [...this.objects.keys()].toSorted()
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Content of these lines, from a budget of its own unless one is given. */
export function contentOf(
  lines: readonly string[],
  budget: MemoryBudget = new MemoryBudget(1 << 24),
): Content {
  const content = new Content(budget)
  for (const line of lines) content.write(Buffer.from(line))
  return content
}

/** A data object's key as the contract writes it. */
export function dataKey(
  start: number,
  end: number,
  partition = 0,
  extension = '.json',
  topic = 't',
  first = topic,
): string {
  const name = `${first}+${partition}+${padded(start)}-${padded(end)}${extension}`
  return `topics/${topic}/partition=${partition}/${name}`
}

function padded(offset: number): string {
  return String(offset).padStart(20, '0')
}
