/**
 * What the chain of a partition is made of: links (claims), and the genesis before the first of them.
 * Each is one small JSON object, created exclusively and never changed. Offsets are decimal text.
 */
import { z } from 'zod'

const offset = z.codec(z.string().regex(/^\d{1,19}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
})
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().nonnegative()
/** Of a record, in milliseconds since 1970: any 64-bit number, as producers choose it. */
const timestamp = z.codec(z.string().regex(/^-?\d{1,19}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
})
/** Of our own clock, in milliseconds since 1970. */
const moment = z.int()

/** The last record of a range: it must be in the log as long as its offset is, with this digest. */
const tail = z.object({ offset, timestamp, digest })

const file = z.object({
  key: z.string(),
  records: count,
  /** Of the uncompressed content; its size in bytes. */
  digest,
  bytes: count,
  first: offset,
  last: offset,
  minTimestamp: timestamp,
  maxTimestamp: timestamp,
})

const common = {
  version: z.literal(1),
  topic: z.string(),
  epoch: count,
  partition: count,
  /** Kafka's own name of this very topic (KIP-516), where the brokers tell it. */
  topicId: z.string().optional(),
  /** Both inclusive. */
  start: offset,
  end: offset,
  /** Who wrote it: one for each run of a consumer. */
  nonce: z.string(),
  /** When the range was begun, in milliseconds since 1970. Formats and layouts that need a time take this one. */
  plannedAt: moment,
  /** Of this range, or of the one before it if no record is in this one. */
  tail: tail.optional(),
}

const rangeLink = z.object({
  ...common,
  kind: z.literal('range'),
  /** Names `_chain/config/<config>.json`: what decides the names and the bytes of the files. */
  config: digest,
  /** Dead letters included, and what was skipped. */
  records: count,
  /** In no file, because the settings leave them out. */
  skipped: count.optional(),
  /** Over all records in order, dead letters included: see record-digest.ts. */
  digest,
  files: z.array(file),
  dead: z.object({ key: z.string(), records: count, digest, bytes: count }).nullable(),
})

/**
 * Offsets that were given up on purpose: nobody looks for them. As a link it stands for offsets that nobody claimed; beside the
 * link of a claim whose records are gone (see `abandonKey`) it says that the claim will not be finished.
 */
const gapLink = z.object({ ...common, kind: z.literal('gap'), reason: z.string(), who: z.string() })

/**
 * The chain ends here by an explicit act of an operator (rule R2): the topic was deleted and made anew, and goes on in the
 * chain of the next epoch. It holds no offset; whoever claims its start in this epoch loses.
 */
const endLink = z.object({ ...common, kind: z.literal('end'), reason: z.string(), who: z.string() })

const link = z.discriminatedUnion('kind', [rangeLink, gapLink, endLink])

const genesis = z.object({
  version: z.literal(1),
  kind: z.literal('genesis'),
  topic: z.string(),
  epoch: count,
  partition: count,
  topicId: z.string().optional(),
  start: offset,
  /** What decided where the chain starts. */
  from: z.enum(['earliest', 'latest', 'committed', 'timestamp']),
  nonce: z.string(),
  createdAt: moment,
})

export type Tail = z.infer<typeof tail>
export type LinkFile = z.infer<typeof file>
export type RangeLink = z.infer<typeof rangeLink>
export type GapLink = z.infer<typeof gapLink>
export type EndLink = z.infer<typeof endLink>
export type Link = z.infer<typeof link>
export type Genesis = z.infer<typeof genesis>

/** One line of JSON: the same bytes for the same link. */
export function encodeLink(value: Link): Buffer {
  return Buffer.from(JSON.stringify(z.encode(link, value)))
}

/** Throws an Error for anything that is not one: a link of a newer version, or something foreign. */
export function decodeLink(bytes: Buffer): Link {
  return link.parse(JSON.parse(bytes.toString()))
}

export function encodeGenesis(value: Genesis): Buffer {
  return Buffer.from(JSON.stringify(z.encode(genesis, value)))
}

/** Throws an Error for anything that is not one. */
export function decodeGenesis(bytes: Buffer): Genesis {
  return genesis.parse(JSON.parse(bytes.toString()))
}
