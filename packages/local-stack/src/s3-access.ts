// What tests and scripts need of an S3 server, independent of the consumer's own store.
// oxlint-disable-next-line no-restricted-imports -- the test server's own client
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'

/** How to reach an S3 server of the local stack: plain data that can be handed to another process. */
export type S3Facts = {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export type S3Access = {
  /** The AWS variables that make any AWS SDK use this server. */
  readonly env: Readonly<
    Record<'AWS_ENDPOINT_URL_S3' | 'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>
  >
  createBucket(name: string): Promise<void>
  /** All keys that begin with `prefix`, sorted. */
  list(bucket: string, prefix?: string): Promise<readonly string[]>
  /** The object's bytes. @throws the SDK's NoSuchKey */
  get(bucket: string, key: string): Promise<Buffer>
  /** Stores an object; with `createOnly` an existing one is refused (412, PreconditionFailed). */
  put(bucket: string, key: string, body: string | Buffer, options?: { createOnly?: boolean }): Promise<void>
  remove(bucket: string, key: string): Promise<void>
}

/** Access to an S3 server with path-style addresses. */
export function s3Access(facts: S3Facts): S3Access {
  const { endpoint, region, accessKeyId, secretAccessKey } = facts
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  })
  return {
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    async createBucket(name) {
      await client.send(new CreateBucketCommand({ Bucket: name }))
    },
    async list(bucket, prefix = '') {
      const keys: string[] = []
      let from: string | undefined
      do {
        const more = from === undefined ? {} : { ContinuationToken: from }
        // oxlint-disable-next-line no-await-in-loop -- each page names the next
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...more }))
        for (const { Key: key } of page.Contents ?? []) if (key !== undefined) keys.push(key)
        from = page.NextContinuationToken
      } while (from !== undefined)
      return keys.toSorted()
    },
    async get(bucket, key) {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? [])
    },
    async put(bucket, key, body, options = {}) {
      const condition = options.createOnly === true ? { IfNoneMatch: '*' } : {}
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...condition }))
    },
    async remove(bucket, key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
  }
}
