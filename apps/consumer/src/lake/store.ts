/**
 * The port to the lake. Objects are created once and never changed or deleted; nothing of the protocol asks for more.
 * Every method rejects with a Failure whose sentence names the store and the remedy.
 */
import type { Readable } from 'node:stream'
import type { Content } from '../content.ts'
import type { Compression } from '../format/compress.ts'

export type NewObject = {
  /** Below the lake's prefix, with `/` between its parts. */
  readonly key: string
  /** A store takes it: its bytes may be gone after `create`, only their number stays. */
  readonly body: Content
  /** SHA-256 (hex) of the content before it was compressed. Undefined: the body is not compressed, the store finds out. */
  readonly digest: string | undefined
  /** Of the content before it was compressed: `application/x-ndjson`. */
  readonly contentType: string
  /** How the body was made of the content; `none` unless given. */
  readonly compression?: Compression['kind']
  /** Kept beside the object where the store can: what the range is. */
  readonly facts: Readonly<Record<string, string>>
  readonly guard?: WriteGuard
}

/**
 * Rule R3: whether what the writer knows of the chain is young enough to write by it. A store asks at the last moment before
 * each attempt, in the turn in which it is sent, and renews it as often as it has to.
 */
export type WriteGuard = {
  isFresh(): boolean
  /** Looks at the chain again. Rejects when the object may no longer be written: `create` rejects with just that. */
  renew(): Promise<void>
}

/**
 * `created`: it was not there and now is. `same`: it was there with this content (perhaps our own request, whose answer
 * was lost). `different`: it is there with other content, which is untouched.
 */
export type CreateOutcome = 'created' | 'same' | 'different'

/** What is known of an object without reading it. */
export type ObjectFacts = {
  /** As stored. */
  readonly bytes: number
}

export interface Store extends AsyncDisposable {
  /** As the user wrote it, with its address and without secrets: `s3://bucket/prefix at https://host`, `dir:/lake`. */
  readonly name: string
  /** Durable when it resolves. Creates exclusively: of several creators of a key one gets `created`. */
  create(object: NewObject): Promise<CreateOutcome>
  /** The whole of a small object; undefined when it is not there. Sees what was created before, whoever did it. */
  read(key: string): Promise<Buffer | undefined>
  /** Undefined when it is not there. Sees what was created before. */
  head(key: string): Promise<ObjectFacts | undefined>
  /**
   * Keys below the prefix in the order of their bytes, the first `limit` of them; only those behind `after`, which need not
   * be one. Sees what was created before.
   */
  list(prefix: string, limit?: number, after?: string): AsyncIterable<string>
  /** The parts that follow the prefix up to the next `/`, each once, in order: `folders('_chain/t@')` gives `0`, `1`. */
  folders(prefix: string): Promise<readonly string[]>
  /** The bytes of an object, as stored. Rejects when it is not there. */
  open(key: string): Promise<Readable>
}
