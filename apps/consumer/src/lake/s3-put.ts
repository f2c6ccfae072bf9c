/** What one PutObject says beside its body. Pure: the store sends it. */
import { createHash } from 'node:crypto'
import { Crc32c } from '@aws-sdk/checksums/crc'
import type { NewObject } from './store.ts'
import type { S3Settings } from './s3-settings.ts'

/** How objects are sent and kept, as the `--s3-…` settings say. */
export type S3Options = Partial<S3Settings>

/** No Content-Encoding unless asked for: clients would unpack the object by themselves, whatever its name says. */
const compressedTypes = { gzip: 'application/gzip', zstd: 'application/zstd' } as const

/**
 * The parameters of PutObject but for its place and its body; `sha256` (hex) is of the body, for the signature. Settings
 * about keeping apply to what readers see; the protocol's own small objects are always kept as the bucket says.
 */
export async function putParametersOf(object: NewObject, options: S3Options) {
  const { body, key, facts, compression = 'none' } = object
  const isKept = !key.startsWith('_')
  // The content's digest is the one of the body when nothing was compressed: hashing costs 0.5 ms a MiB of the main thread.
  const sha256 =
    compression === 'none' && object.digest !== undefined ? object.digest : sha256Of(body.chunks())
  const digest = object.digest ?? sha256
  return {
    sha256,
    digest,
    parameters: {
      IfNoneMatch: '*',
      ContentLength: body.bytes,
      ...(options.s3Checksum === 'crc32c'
        ? { ChecksumCRC32C: await crc32cOf(body.chunks()) }
        : { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }),
      ...encryptionOf(options),
      ...contentOf(object, isKept ? options : {}),
      Metadata: {
        ...(isKept && options.s3Metadata && Object.fromEntries(options.s3Metadata)),
        ...facts,
        digest,
      },
      ...(isKept && options.s3StorageClass && { StorageClass: options.s3StorageClass }),
      ...(isKept && options.s3Tags && { Tagging: String(new URLSearchParams([...options.s3Tags])) }),
    },
  }
}

function encryptionOf({ s3Encryption, s3KmsKey, s3BucketKey = true }: S3Options) {
  if (s3Encryption === undefined) return {}
  if (s3Encryption === 'sse-s3') return { ServerSideEncryption: 'AES256' } as const
  const kms = { ServerSideEncryption: 'aws:kms', BucketKeyEnabled: s3BucketKey } as const
  return s3KmsKey === undefined ? kms : { ...kms, SSEKMSKeyId: s3KmsKey }
}

function contentOf(
  { contentType, compression = 'none' }: NewObject,
  { s3ContentType, s3ContentEncoding = false }: S3Options,
) {
  if (compression === 'none') return { ContentType: s3ContentType ?? contentType }
  if (s3ContentEncoding) return { ContentType: s3ContentType ?? contentType, ContentEncoding: compression }
  return { ContentType: s3ContentType ?? compressedTypes[compression] }
}

function sha256Of(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

async function crc32cOf(chunks: readonly Uint8Array[]): Promise<string> {
  const hash = new Crc32c()
  for (const chunk of chunks) hash.update(chunk)
  return Buffer.from(await hash.digest()).toString('base64')
}
