/**
 * The lake's bytes, by a reader that shares nothing with the sink: a folder or an S3 bucket is listed, and objects are
 * unpacked by Node's zlib. Names that begin with `_` are the sink's own affairs, as they are for Hive and Spark.
 */
import { glob, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, zstdDecompress } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { ObjectName } from './object-name.ts'

type ListedObject = {
  readonly key: string
  /** Changes whenever the object was written again: an ETag, or what the file system knows. */
  readonly content: string
}

export type LakeReader = {
  /** All objects that a reader of `topics/` and `dead/` sees. */
  list(): Promise<readonly ListedObject[]>
  /** The object's bytes as they are stored. */
  read(key: string): Promise<Buffer>
}

/** @param lake a folder, with or without `dir:` before it, or `s3://bucket/prefix` (settings from the environment) */
export function openLakeReader(lake: string, env: NodeJS.ProcessEnv = process.env): LakeReader {
  return lake.startsWith('s3://') ? s3Reader(new URL(lake), env) : folderReader(lake.replace(/^dir:/, ''))
}

const isForReaders = (key: string): boolean => !key.split('/').some((part) => part.startsWith('_'))

function folderReader(root: string): LakeReader {
  return {
    async list() {
      const objects: ListedObject[] = []
      for await (const entry of glob('{topics,dead}/**', { cwd: root, withFileTypes: true })) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        const key = path.slice(join(root, '/').length)
        // A name may be gone again by now: an object that is moved away is a finding, no error.
        const facts = await stat(path).catch(() => undefined)
        if (facts === undefined || !isForReaders(key)) continue
        objects.push({ key, content: `${facts.ino} ${facts.size} ${facts.mtimeMs}` })
      }
      return objects
    },
    read: (key) => readFile(join(root, key)),
  }
}

function s3Reader({ hostname: bucket, pathname }: URL, env: NodeJS.ProcessEnv): LakeReader {
  const endpoint = env['AWS_ENDPOINT_URL_S3']
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  const client = new S3Client({
    region: env['AWS_REGION'] ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  })
  const prefix = pathname.replace(/^\/|\/$/g, '')
  const root = prefix === '' ? '' : `${prefix}/`
  return {
    async list() {
      const objects: ListedObject[] = []
      for (const area of ['topics/', 'dead/']) {
        let from: string | undefined
        do {
          const page = await client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: root + area,
              ...(from !== undefined && { ContinuationToken: from }),
            }),
          )
          for (const { Key: full = '', ETag: content = '' } of page.Contents ?? []) {
            const key = full.slice(root.length)
            if (isForReaders(key)) objects.push({ key, content })
          }
          from = page.NextContinuationToken
        } while (from !== undefined)
      }
      return objects
    },
    async read(key) {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: root + key }))
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? [])
    },
  }
}

/** The content of an object, unpacked as its name says. @throws zlib's error when it is not that */
export async function unpacked(bytes: Buffer, { compression }: ObjectName): Promise<Buffer> {
  if (compression === 'gzip') return promisify(gunzip)(bytes)
  if (compression === 'zstd') return promisify(zstdDecompress)(bytes)
  return bytes
}
