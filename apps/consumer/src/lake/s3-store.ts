/**
 * A lake in S3: one create-only PutObject an object. The only file that imports the S3 SDK.
 *
 * Retries are the SDK's (standard mode), tuned once here: 5xx, throttling, time-outs and 409. A 412 never means
 * "somebody else": it may be our own request whose answer was lost, so the digests are compared.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { credentialSource } from '@pinpipe/msk-auth/credentials'
import { Failure } from '@pinpipe/service/failure'
import type { CreateOutcome, NewObject, ObjectFacts, Store } from './store.ts'
import { s3EndpointOf } from './s3-endpoint.ts'
import { isConflict, isExpiredToken, isNoSuchKey, isPreconditionFailed, s3FailureOf, type S3Place } from './s3-errors.ts'

export type S3StoreOptions = {
  readonly bucket: string
  /** Without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Instead of the standard AWS chain. */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>
  /** Told the secrets of the credentials, of a profile's keys too, before a request with them is sent: no log shows them. */
  readonly onSecret?: (secret: string) => void
}

/** Waits between attempts double from 0.1 s up to 20 s, with jitter: about 6 s in all when nobody answers. */
const maxAttempts = 7
const connectTimeoutMs = 5_000
/** Of one attempt; a 64 MiB object takes 2 s at 256 Mbit/s. */
const requestTimeoutMs = 120_000
/** Of one answer to a listing. */
const pageKeys = 1_000

/**
 * Nothing is sent before the first `create`. Credentials come from the standard AWS chain. Throws a UsageFailure when the
 * environment holds no usable address.
 */
export function openS3Store(options: S3StoreOptions): Store {
  return new S3Store(options)
}

class S3Store implements Store {
  readonly name: string
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string
  readonly #place: S3Place

  constructor({ bucket, prefix, env, credentials, onSecret }: S3StoreOptions) {
    const endpoint = s3EndpointOf(env)
    const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
    this.name = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`
    this.#bucket = bucket
    this.#prefix = prefix === '' ? '' : `${prefix}/`
    this.#place = { bucket, endpoint, region }
    this.#client = new S3Client({
      maxAttempts,
      retryMode: 'standard',
      requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs },
      // A checksum is sent with each object (see `create`); none is computed a second time by the SDK.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(region !== undefined && { region }),
      credentials: credentials ?? (() => this.#chainCredentials(env, onSecret)),
    })
    retryConflicts(this.#client)
  }

  async create(object: NewObject): Promise<CreateOutcome> {
    // One pass over the bytes serves the signature, the checksum, and the digest of plain content. It takes 0.6 ms a MiB of
    // the main thread; Web Crypto would do it in the thread pool, on a copy of the whole body that no budget counts.
    const hash = createHash('sha256')
    for (const chunk of object.body.chunks()) hash.update(chunk)
    const sha256 = hash.digest()
    const body = object.body.flatten()
    const digest = object.digest ?? sha256.toString('hex')
    const put = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: this.#prefix + object.key,
      Body: body,
      IfNoneMatch: '*',
      ChecksumSHA256: sha256.toString('base64'),
      ContentType: object.contentType,
      Metadata: { ...object.facts, digest },
    })
    put.middlewareStack.add(
      (next) => (args) => {
        const { request } = args
        if (hasHeaders(request)) request.headers['x-amz-content-sha256'] = sha256.toString('hex')
        return next(args)
      },
      { step: 'build', name: 'knownPayloadHash' },
    )
    const { guard } = object
    if (guard !== undefined) {
      put.middlewareStack.add(
        (next) => async (args) => {
          // failpoint: s3-request
          while (!guard.isFresh()) await guard.renew()
          return next(args)
        },
        // Behind the signature, inside each attempt: nothing that takes time comes between this and the request.
        { step: 'deserialize', priority: 'low', name: 'writeGuard' },
      )
    }
    try {
      await this.#withFreshCredentials(() => this.#client.send(put))
      // failpoint: s3-answered
      return 'created'
    } catch (error) {
      if (!isPreconditionFailed(error)) throw s3FailureOf(error, this.#place)
      return this.#compare(object.key, digest)
    }
  }

  async read(key: string): Promise<Buffer | undefined> {
    const found = await this.#get(key)
    return found === undefined ? undefined : Buffer.from(await found.transformToByteArray())
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    const head = new HeadObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key })
    const found = await this.#ask(() => this.#client.send(head))
    if (found === undefined) return undefined
    const digest = found.Metadata?.['digest']
    return { bytes: found.ContentLength ?? 0, ...(digest !== undefined && { digest }) }
  }

  async *list(prefix: string, limit = Number.POSITIVE_INFINITY): AsyncIterable<string> {
    let left = limit
    let from: string | undefined
    do {
      const page = await this.#page({ prefix, limit: Math.min(left, pageKeys), from })
      for (const { Key: key } of page?.Contents ?? []) if (key !== undefined) yield key.slice(this.#prefix.length)
      left -= page?.KeyCount ?? 0
      from = page?.NextContinuationToken
    } while (left > 0 && from !== undefined)
  }

  async folders(prefix: string): Promise<readonly string[]> {
    const found: string[] = []
    let from: string | undefined
    do {
      const page = await this.#page({ prefix, limit: pageKeys, from, delimiter: '/' })
      for (const { Prefix: folder } of page?.CommonPrefixes ?? [])
        if (folder !== undefined) found.push(folder.slice(this.#prefix.length + prefix.length, -1))
      from = page?.NextContinuationToken
    } while (from !== undefined)
    return found
  }

  async open(key: string): Promise<Readable> {
    const found = await this.#get(key)
    if (found instanceof Readable) return found
    throw new Failure(`${this.name}/${key} is not there: somebody has deleted it`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy()
  }

  async #get(key: string) {
    const get = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key })
    return (await this.#ask(() => this.#client.send(get)))?.Body
  }

  #page(asked: { prefix: string; limit: number; from: string | undefined; delimiter?: string }) {
    const list = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: this.#prefix + asked.prefix,
      MaxKeys: asked.limit,
      ContinuationToken: asked.from,
      Delimiter: asked.delimiter,
    })
    return this.#ask(() => this.#client.send(list))
  }

  /** Undefined when the object is not there. Throws a Failure for everything else. */
  async #ask<T>(send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#withFreshCredentials(send)
    } catch (error) {
      if (isNoSuchKey(error)) return undefined
      throw s3FailureOf(error, this.#place)
    }
  }

  async #compare(key: string, digest: string): Promise<CreateOutcome> {
    return (await this.head(key))?.digest === digest ? 'same' : 'different'
  }

  /**
   * The client keeps what this gives until it is near its end. A new chain each time: one remembers its credentials, also
   * those that the store has just called expired.
   */
  async #chainCredentials(env: S3StoreOptions['env'], onSecret: S3StoreOptions['onSecret']) {
    const chain = credentialSource({
      region: await this.#client.config.region(),
      roleSessionName: env['AWS_ROLE_SESSION_NAME'] ?? 'pinpipe-consumer',
      timeoutMs: connectTimeoutMs,
      ...(onSecret !== undefined && { onSecret }),
    })
    return await chain.provide()
  }

  /** An expired session is renewed once and the request sent again: the SDK signs its own retries with the old one. */
  async #withFreshCredentials<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send()
    } catch (error) {
      if (!isExpiredToken(error)) throw error
      await this.#client.config.credentials({ forceRefresh: true })
      return send()
    }
  }
}

/** S3 answers 409 to a create-only PUT that met another one, and asks to repeat it: the SDK does not know that by itself. */
function retryConflicts(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (isConflict(error) && error instanceof Error) Object.assign(error, { $retryable: {} })
        throw error
      }
    },
    // Low priority of the step that also holds the retries: this runs inside each attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'retryConflicts' },
  )
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}
