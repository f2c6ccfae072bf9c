/**
 * A lake in S3: one create-only PutObject an object. The only file that imports the S3 SDK.
 *
 * Inside each attempt, in this order: the credentials of now are taken, the request is signed, the guard is asked, and the
 * chunks are sent as they are. A 412 never means "somebody else": it may be our own request whose answer was lost, so the
 * digests are compared.
 */
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
import type { FinalizeRequestMiddleware, MetadataBearer } from '@smithy/types'
import { ChunkStream } from './s3-body.ts'
import { s3EndpointOf } from './s3-endpoint.ts'
import {
  isBareRefusal,
  isConflict,
  isExpiredToken,
  isNoSuchKey,
  isPreconditionFailed,
  isRefused,
  NotToBeSent,
  originOf,
  s3FailureOf,
  type S3Place,
} from './s3-errors.ts'
import { putParametersOf, type S3Options } from './s3-put.ts'
import { S3Retry, type StoreObserver } from './s3-retry.ts'
import type { CreateOutcome, NewObject, ObjectFacts, Store, WriteGuard } from './store.ts'

export type S3StoreOptions = {
  readonly bucket: string
  /** Without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly options?: S3Options
  /** Instead of the standard AWS chain. */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>
  /** Told the secrets of the credentials, of a profile's keys too, before a request with them is sent: no log shows them. */
  readonly onSecret?: (secret: string) => void
  readonly observer?: StoreObserver
}

const defaultRetryForMs = 600_000
const connectTimeoutMs = 5_000
/** Without a byte in either direction. */
const silenceTimeoutMs = 30_000
/** Of one attempt up to the answer's head: a 64 MiB object at 1 Mbit/s. */
const requestTimeoutMs = 540_000
/** Of one answer to a listing. */
const pageKeys = 1_000

/**
 * Nothing is sent before the first call. Credentials come from the standard AWS chain. Throws a UsageFailure when the
 * environment holds no usable address.
 */
export function openS3Store(options: S3StoreOptions): Store {
  return new S3Store(options)
}

class S3Store implements Store {
  readonly name: string
  readonly #client: S3Client
  readonly #retry: S3Retry
  /** Of every request. */
  readonly #bucket: { readonly Bucket: string; readonly ExpectedBucketOwner?: string }
  readonly #prefix: string
  readonly #place: S3Place
  readonly #options: S3Options

  constructor({ bucket, prefix, env, options = {}, credentials, onSecret, observer }: S3StoreOptions) {
    const endpoint = s3EndpointOf(env)
    const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
    this.#place = { bucket, endpoint, region }
    this.name = nameOfPlace(this.#place, prefix)
    this.#bucket = {
      Bucket: bucket,
      ...(options.s3BucketOwner && { ExpectedBucketOwner: options.s3BucketOwner }),
    }
    this.#prefix = prefix === '' ? '' : `${prefix}/`
    this.#options = options
    this.#retry = new S3Retry({ retryForMs: options.s3RetryFor ?? defaultRetryForMs, observer })
    this.#client = new S3Client({
      retryStrategy: this.#retry,
      requestHandler: {
        connectionTimeout: connectTimeoutMs,
        socketTimeout: silenceTimeoutMs,
        requestTimeout: requestTimeoutMs,
        throwOnRequestTimeout: true,
      },
      // With it the SDK opens a new connection for each object, and waits for servers that do not know it.
      expectContinueHeader: false,
      // A checksum is sent with each object (see `create`); none is computed a second time by the SDK.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      ...(endpoint !== undefined && { endpoint }),
      forcePathStyle: options.s3PathStyle ?? endpoint !== undefined,
      ...(region !== undefined && { region }),
      credentials: credentials ?? (() => this.#chainCredentials(env, onSecret)),
    })
    retryConflicts(this.#client)
    signWithCredentialsOfNow(this.#client)
  }

  async create(object: NewObject): Promise<CreateOutcome> {
    const { sha256, digest, parameters } = await putParametersOf(object, this.#options)
    const put = new PutObjectCommand({ ...this.#bucket, Key: this.#prefix + object.key, ...parameters })
    put.middlewareStack.add(
      (next) => (args) => {
        if (isRequest(args.request)) args.request.headers['x-amz-content-sha256'] = sha256
        return next(args)
      },
      { step: 'build', name: 'knownPayloadHash' },
    )
    put.middlewareStack.add(
      (next) => async (args) => {
        // failpoint: s3-request
        if (object.guard !== undefined) await pass(object.guard)
        const body = new ChunkStream(object.body.chunks())
        try {
          return await next({ ...args, request: Object.assign(Object(args.request), { body }) })
        } finally {
          body.stop()
        }
      },
      // Behind the signature, inside each attempt: nothing that takes time comes between this and the request.
      { step: 'deserialize', priority: 'low', name: 'sendChunks' },
    )
    let outcome: CreateOutcome | undefined
    put.middlewareStack.add(
      (next) => async (args) => {
        try {
          return await next(args)
        } catch (error) {
          if (!isPreconditionFailed(error)) throw error
          outcome = await this.#compare(object.key, digest)
          throw outcome === undefined ? Object.assign(Object(error), { $retryable: {} }) : error
        }
      },
      { step: 'finalizeRequest', priority: 'low', name: 'compareExisting' },
    )
    try {
      await this.#client.send(put)
      // failpoint: s3-answered
      return 'created'
    } catch (error) {
      if (error instanceof NotToBeSent) throw error.cause
      if (!isPreconditionFailed(error) || outcome === undefined) throw s3FailureOf(error, this.#place)
      return outcome
    }
  }

  async read(key: string): Promise<Buffer | undefined> {
    const get = new GetObjectCommand({ ...this.#bucket, Key: this.#prefix + key })
    let bytes: Buffer | undefined
    get.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args)
        // Here, so that an answer that breaks off is asked for again.
        const body = answer.output?.Body
        if (body !== undefined) bytes = Buffer.from(await body.transformToByteArray())
        return answer
      },
      { step: 'deserialize', priority: 'high', name: 'readWhole' },
    )
    await this.#get(key, () => this.#client.send(get))
    return bytes
  }

  /**
   * By a listing. HEAD and GET say 403 of a missing object unless the caller may list the bucket, and a right to list below a
   * prefix does not count for them, as they name none.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html#API_HeadObject_Errors
   */
  async head(key: string): Promise<ObjectFacts | undefined> {
    const page = await this.#page({ prefix: key, limit: 1 })
    const [found] = page.Contents ?? []
    return found?.Key === this.#prefix + key ? { bytes: found.Size ?? 0 } : undefined
  }

  async *list(prefix: string, limit = Number.POSITIVE_INFINITY, after?: string): AsyncIterable<string> {
    let left = limit
    let from: string | undefined
    do {
      const page = await this.#page({ prefix, limit: Math.min(left, pageKeys), from, after })
      for (const { Key: key } of page.Contents ?? [])
        if (key !== undefined) yield key.slice(this.#prefix.length)
      left -= page.KeyCount ?? 0
      from = page.NextContinuationToken
    } while (left > 0 && from !== undefined)
  }

  async folders(prefix: string): Promise<readonly string[]> {
    const found: string[] = []
    let from: string | undefined
    do {
      const page = await this.#page({ prefix, limit: pageKeys, from, delimiter: '/' })
      for (const { Prefix: folder } of page.CommonPrefixes ?? [])
        if (folder !== undefined) found.push(folder.slice(this.#prefix.length + prefix.length, -1))
      from = page.NextContinuationToken
    } while (from !== undefined)
    return found
  }

  async open(key: string): Promise<Readable> {
    const get = new GetObjectCommand({ ...this.#bucket, Key: this.#prefix + key })
    const found = await this.#get(key, () => this.#client.send(get))
    if (found?.Body instanceof Readable) return found.Body
    throw new Failure(`${this.name}/${key} is not there: somebody has deleted it`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#retry.stop()
    this.#client.destroy()
  }

  #page(asked: {
    readonly prefix: string
    readonly limit: number
    readonly from?: string | undefined
    readonly after?: string | undefined
    readonly delimiter?: string
  }) {
    const list = new ListObjectsV2Command({
      ...this.#bucket,
      Prefix: this.#prefix + asked.prefix,
      MaxKeys: asked.limit,
      ContinuationToken: asked.from,
      StartAfter: asked.after === undefined ? undefined : this.#prefix + asked.after,
      Delimiter: asked.delimiter,
    })
    return this.#ask(() => this.#client.send(list))
  }

  /** Undefined when the object is not there, also when S3 says so only in a listing: see `head`. */
  async #get<T>(key: string, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send()
    } catch (error) {
      if (isNoSuchKey(error) || (isRefused(error) && (await this.head(key)) === undefined)) return undefined
      throw s3FailureOf(error, this.#place)
    }
  }

  async #ask<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send()
    } catch (error) {
      throw s3FailureOf(error, this.#place)
    }
  }

  /** Undefined: what a 412 speaks of is not to be seen (yet), as another creator is not done, or has failed. */
  async #compare(key: string, digest: string): Promise<CreateOutcome | undefined> {
    const head = new HeadObjectCommand({ ...this.#bucket, Key: this.#prefix + key })
    const found = await this.#get(key, () => this.#client.send(head))
    if (found === undefined) return undefined
    return found.Metadata?.['digest'] === digest ? 'same' : 'different'
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

/**
 * The SDK chooses the credentials once for all attempts of a request; an outage may outlast a session. Those of now are
 * taken for each attempt, and renewed after the store has called them expired.
 */
function signWithCredentialsOfNow(client: S3Client): void {
  const middleware: FinalizeRequestMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
    const { credentials } = client.config
    // `getSmithyContext` of the SDK's own packages.
    const scheme: unknown = context['__smithy_context']?.['selectedHttpAuthScheme']
    Object.assign(Object(scheme), { identity: await credentials() })
    try {
      return await next(args)
    } catch (error) {
      if (isExpiredToken(error) || isBareRefusal(error)) await credentials({ forceRefresh: true })
      throw error
    }
  }
  client.middlewareStack.addRelativeTo(middleware, {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    name: 'credentialsOfNow',
  })
}

async function pass(guard: WriteGuard): Promise<void> {
  try {
    while (!guard.isFresh()) await guard.renew()
  } catch (error) {
    throw new NotToBeSent('the chain has gone on', { cause: error })
  }
}

function isRequest(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}

function nameOfPlace({ bucket, endpoint }: S3Place, prefix: string): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}${endpoint === undefined ? '' : ` at ${originOf(endpoint)}`}`
}
