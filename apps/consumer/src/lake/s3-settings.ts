/** `--s3-…`: how objects are sent and kept. Address, region and credentials are the standard AWS settings. */
import { BadValue, types, type Rule, type SettingsOf, type SettingType } from '@pinpipe/service/settings'
import type { LakeAddress } from './lake.ts'

const group = 'S3'

/** Those that can be read at once: readers and `verify` do not wait for hours. */
const storageClasses = ['STANDARD', 'INTELLIGENT_TIERING', 'STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR'] as const
/** What the store itself keeps beside an object. */
const ownMetadata: ReadonlySet<string> = new Set(['digest', 'start', 'end', 'records'])
/** S3's own limits of tags. */
const [mostTags, longestTagKey, longestTagValue] = [10, 128, 256]

export type Pairs = ReadonlyMap<string, string>

export const s3Settings = {
  s3Encryption: {
    flag: 's3-encryption',
    env: 'PINPIPE_S3_ENCRYPTION',
    type: types.oneOf(['sse-s3', 'sse-kms']),
    description: 'Encryption at rest that is asked for with each object; unless given, what the bucket says',
    group,
  },
  s3KmsKey: {
    flag: 's3-kms-key',
    env: 'PINPIPE_S3_KMS_KEY',
    type: types.text({ takes: 'KEY' }),
    description: 'With sse-kms: the ARN of the key; unless given, the one that AWS keeps for S3',
    group,
  },
  s3BucketKey: {
    flag: 's3-bucket-key',
    env: 'PINPIPE_S3_BUCKET_KEY',
    type: types.boolean(),
    description:
      'With sse-kms: ask KMS for one key for many objects instead of one for each; on unless given',
    group,
  },
  s3StorageClass: {
    flag: 's3-storage-class',
    env: 'PINPIPE_S3_STORAGE_CLASS',
    type: types.oneOf(storageClasses),
    description: 'Storage class of data objects and dead letters; unless given, STANDARD',
    group,
  },
  s3Tags: {
    flag: 's3-tags',
    env: 'PINPIPE_S3_TAGS',
    type: pairs(readTag),
    description: 'Tags of data objects and dead letters, for rules of the bucket; needs s3:PutObjectTagging',
    group,
  },
  s3Metadata: {
    flag: 's3-metadata',
    env: 'PINPIPE_S3_METADATA',
    type: pairs(readMetadata),
    description: 'More metadata of data objects and dead letters, beside digest, start, end and records',
    group,
  },
  s3Checksum: {
    flag: 's3-checksum',
    env: 'PINPIPE_S3_CHECKSUM',
    type: types.oneOf(['sha256', 'crc32c']),
    default: 'sha256',
    description:
      'Which checksum S3 verifies and keeps; sha256 costs nothing here, as the signature needs it anyway',
    group,
  },
  s3ContentType: {
    flag: 's3-content-type',
    env: 'PINPIPE_S3_CONTENT_TYPE',
    type: types.text({
      takes: 'TYPE',
      pattern: /^[\w.+-]+\/[\w.+-]+(; ?[\w=.+-]+)*$/,
      expects: 'a type like text/plain',
    }),
    description: 'Content-Type of data objects; unless given, the one of their format and compression',
    group,
  },
  s3ContentEncoding: {
    flag: 's3-content-encoding',
    env: 'PINPIPE_S3_CONTENT_ENCODING',
    type: types.boolean(),
    default: false,
    description: 'Say gzip or zstd as Content-Encoding: clients of HTTP then unpack objects by themselves',
    group,
  },
  s3PathStyle: {
    flag: 's3-path-style',
    env: 'PINPIPE_S3_PATH_STYLE',
    type: types.boolean(),
    description:
      'The bucket in the path instead of the host name; on with an endpoint of your own unless given',
    group,
  },
  s3BucketOwner: {
    flag: 's3-bucket-owner',
    env: 'PINPIPE_S3_BUCKET_OWNER',
    type: types.text({ takes: 'ACCOUNT', pattern: /^\d{12}$/, expects: 'the 12 digits of an AWS account' }),
    description: 'The account that the bucket must belong to: S3 refuses requests when it is another one',
    group,
  },
  s3RetryFor: {
    flag: 's3-retry-for',
    env: 'PINPIPE_S3_RETRY_FOR',
    type: types.duration(),
    default: 600_000,
    description:
      'How long a request is repeated while S3 is out of order, once it has worked; before that, 6 seconds at most',
    group,
  },
} as const

export type S3Settings = SettingsOf<typeof s3Settings>

type Known = typeof s3Settings & {
  readonly lake: { type: SettingType<LakeAddress>; required: true; description: string }
}

export const s3Rules: readonly Rule<Known>[] = [
  ({ s3Encryption, s3KmsKey, s3BucketKey }, { name }) => {
    if (s3Encryption === 'sse-kms') return undefined
    const without =
      s3KmsKey !== undefined ? 's3KmsKey' : s3BucketKey !== undefined ? 's3BucketKey' : undefined
    return without && `${name(without)} needs ${name('s3Encryption')} sse-kms`
  },
  ({ lake }, { name, origin }) => {
    if (lake.kind === 's3') return undefined
    const given = keys.find((key) => origin(key) !== 'default')
    return given && `${name(given)} is for a lake in S3, and this one is a folder: leave it out`
  },
]

const keys = Object.keys(s3Settings).filter((key): key is keyof typeof s3Settings => key in s3Settings)

function pairs(read: (key: string, value: string) => readonly [string, string]): SettingType<Pairs> {
  const entries = types.list({ takes: 'K=V,K=V' })
  return {
    ...entries,
    parse(texts) {
      const found = new Map<string, string>()
      for (const entry of entries.parse(texts)) {
        const at = entry.indexOf('=')
        if (at < 1) throw new BadValue('has an entry that is not key=value')
        const [key, value] = read(entry.slice(0, at), entry.slice(at + 1))
        if (found.has(key)) throw new BadValue('names a key twice: leave one of them out')
        found.set(key, value)
      }
      if (read === readTag && found.size > mostTags)
        throw new BadValue(`has more than ${mostTags} tags, which S3 does not take`)
      return found
    },
    show: (values) => [...values].map(([key, value]) => `${key}=${value}`).join(','),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
function readTag(key: string, value: string): readonly [string, string] {
  if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u.test(key + value))
    throw new BadValue('has a tag with a sign that S3 does not take')
  if (key.length > longestTagKey || value.length > longestTagValue)
    throw new BadValue(
      `has a tag that is too long: a key of ${longestTagKey} and a value of ${longestTagValue} at most`,
    )
  return [key, value]
}

/** It travels in headers: names without case, values in printable ASCII. */
function readMetadata(key: string, value: string): readonly [string, string] {
  const name = key.toLowerCase()
  if (!/^[a-z0-9_-]+$/.test(name))
    throw new BadValue('has a metadata key that is not of letters, digits, - and _')
  if (!/^[\x20-\x7e]*$/.test(value)) throw new BadValue('has a metadata value that is not of printable ASCII')
  if (ownMetadata.has(name))
    throw new BadValue(`names metadata that the store keeps itself: ${[...ownMetadata].join(', ')}`)
  return [name, value]
}
