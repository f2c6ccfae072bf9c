/**
 * The port to the lake. Objects are created once and never changed or deleted; nothing of the protocol asks for more.
 */
import type { Content } from './content.ts'

export type NewObject = {
  /** Below the lake's prefix, with `/` between its parts. */
  readonly key: string
  /** A store takes it: its bytes may be gone after `create`, only their number stays. */
  readonly body: Content
  /** SHA-256 (hex) of the uncompressed content. Undefined: the body is uncompressed, its own digest is meant. */
  readonly digest: string | undefined
  readonly contentType: string
  /** Kept beside the object where the store can: what the range is. */
  readonly facts: Readonly<Record<string, string>>
}

/**
 * `created`: it was not there and now is. `same`: it was there with this content (perhaps our own request, whose answer
 * was lost). `different`: it is there with other content, which is untouched.
 */
export type CreateOutcome = 'created' | 'same' | 'different'

export interface Store extends AsyncDisposable {
  /** As the user wrote it, without secrets: `s3://bucket/prefix`, `dir:/lake`. */
  readonly name: string
  /** Whether {@link NewObject.digest} is kept beside the object, and so is needed also for a compressed body. */
  readonly keepsDigest: boolean
  /** Durable when it resolves. Rejects with a Failure whose sentence names the store and the remedy. */
  create(object: NewObject): Promise<CreateOutcome>
}
