/**
 * Records that hurt sinks, and what each format has to make of them: `stored`, or the reason of a dead letter. Limits are
 * those of {@link poisonOutput}. Values are built from the offset, so that rows of a table can be told apart.
 */
import type { FetchedRecord, RecordHeader } from '@pinpipe/kafka/record-consumer'
import type { ChosenSettings } from '../chain/output-settings.ts'
import type { RejectReason } from '../format/reject.ts'

export const poisonFormats = ['json', 'envelope', 'raw', 'separator', 'rows', 'parquet'] as const
/** `separator`: raw with line feeds between. `rows`: json of a topic that has a table. */
export type PoisonFormat = (typeof poisonFormats)[number]
type Outcome = 'stored' | RejectReason

export type Poison = {
  readonly what: string
  readonly value: (offset: number) => Buffer | null
  readonly key?: Buffer | null
  readonly headers?: readonly RecordHeader[]
  readonly timestamp?: bigint
  readonly outcomes: Readonly<Record<PoisonFormat, Outcome>>
}

const largestBytes = 30_000

/** What the consumer's flags say, as settings. */
export function poisonOutput(format: PoisonFormat): ChosenSettings {
  const shared = { compression: { kind: 'none', level: 0 } as const, maxRecordBytes: largestBytes }
  switch (format) {
    case 'rows':
      return { ...shared, format: 'json' }
    case 'separator':
      return { ...shared, format: 'raw', framing: { kind: 'separator', hex: '0a' } }
    default:
      return { ...shared, format }
  }
}

/** The same as flags. */
export function poisonFlags(format: PoisonFormat): string[] {
  const limit = ['--max-record-bytes', `${largestBytes}B`]
  if (format === 'rows') return limit
  if (format === 'separator') return ['--format', 'raw', '--raw-framing', 'separator', ...limit]
  return ['--format', format, ...limit]
}

export function hasTable(format: PoisonFormat): boolean {
  return format === 'rows' || format === 'parquet'
}

/** A record that every format stores. */
export function goodValue(offset: number): Buffer {
  return row(offset)
}

export function poisonRecord(poison: Poison, offset: number): FetchedRecord {
  const { key = Buffer.from('k'), headers = [], timestamp = 1_598_586_767_000n } = poison
  return { offset: BigInt(offset), timestamp, key, value: poison.value(offset), headers }
}

function row(offset: number, change: Record<string, unknown> = {}): Buffer {
  const columns = { timestamp: '2020-08-28 03:52:47', latitude: -89.9787, longitude: 1.5, country: 'Albania' }
  return Buffer.from(JSON.stringify({ ind: offset, ...columns, ...change }))
}

type Outcomes = Partial<Record<PoisonFormat, Outcome>>

/** JSON to some, bytes to others. What is not JSON is no row; what is JSON is none either, unless it says so. */
function text(what: string, value: string | Buffer, json: Outcome = 'stored', more: Outcomes = {}): Poison {
  const bytes = Buffer.from(value)
  const noRow = json === 'stored' ? 'schema' : json
  return {
    what,
    value: () => bytes,
    outcomes: {
      json,
      envelope: json,
      raw: 'stored',
      separator: bytes.includes(0x0a) ? 'has-separator' : 'stored',
      rows: more.rows ?? noRow,
      parquet: more.rows ?? noRow,
      ...more,
    },
  }
}

/** JSON to all, and a row or none. */
function ofTable(
  what: string,
  change: Record<string, unknown> | ((row: string) => string),
  rows: Outcome,
): Poison {
  const value = (offset: number): Buffer =>
    typeof change === 'function' ? Buffer.from(change(row(offset).toString())) : row(offset, change)
  const stored = { json: 'stored', envelope: 'stored', raw: 'stored', separator: 'stored' } as const
  return { what, value, outcomes: { ...stored, rows, parquet: rows } }
}

/** A good value in an odd record. */
function odd(what: string, record: Pick<Poison, 'key' | 'headers' | 'timestamp'>): Poison {
  return { ...ofTable(what, {}, 'stored'), ...record }
}

const header = (name: string, value: string | Buffer | null): RecordHeader => ({
  name,
  value: value === null ? null : Buffer.from(value),
})
const padded = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`

export const poisons: readonly Poison[] = [
  // Not JSON.
  text('an object that ends early', '{"a":', 'not-json'),
  text('a comma too many', '{"a":1,}', 'not-json'),
  text('single quotes', "{'a':1}", 'not-json'),
  text('a comment', '/*x*/1', 'not-json'),
  text('two values', '{} {}', 'not-json'),
  text('NaN', '{"a":NaN}', 'not-json'),
  text('Infinity', '[-Infinity]', 'not-json'),
  text('undefined', 'undefined', 'not-json'),
  text('a leading zero', '[01]', 'not-json'),
  text('an escape that is none', String.raw`"\x41"`, 'not-json'),
  text('plain text', 'hello, world', 'not-json'),
  text('XML', '<a b="c">&amp;</a>', 'not-json'),
  text('white space only', ' \t ', 'not-json'),
  text('U+0000 in a string', '"a\0b"', 'not-json'),
  text('U+0000 alone', '\0', 'not-json'),
  text('a line feed in a string', '"a\nb"', 'not-json'),
  text('a byte order mark', '\ufeff{"a":1}', 'not-json'),
  text('10,000 arrays that do not end', '['.repeat(10_000), 'not-json'),
  text('no bytes', '', 'no-value'),
  // Not UTF-8.
  text('a byte that is no UTF-8, in a string', Buffer.from([0x22, 0xff, 0x22]), 'not-utf8'),
  text('an overlong encoding', Buffer.from([0x22, 0xc0, 0x80, 0x22]), 'not-utf8'),
  text('half a surrogate pair as bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'not-utf8'),
  text('a character cut in half', Buffer.from([0x22, 0xe2, 0x82, 0x22]), 'not-utf8'),
  text('UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), 'not-json', {
    rows: 'not-utf8',
    parquet: 'not-utf8',
  }),
  text('gzip', Buffer.from('1f8b0800000000000003', 'hex'), 'not-json', {
    rows: 'not-utf8',
    parquet: 'not-utf8',
  }),
  // Odd, but JSON.
  text('a number alone', '-0'),
  text('a string alone', '"x"'),
  text('null as text', 'null'),
  text('U+0000 as an escape', String.raw`{"a":"\u0000"}`),
  text('half a surrogate pair as an escape', String.raw`["\ud800","\udfff"]`),
  text('a surrogate pair as escapes', String.raw`"\ud83d\ude00"`),
  text('U+2028 and U+FFFF in a string', '"\u2028\uffff"'),
  text('10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
  text('__proto__', '{"__proto__":{"admin":true},"constructor":1}'),
  text('a member twice', '{"a":1,"a":2}'),
  text('numbers beyond a double', '[1e400,123456789012345678901234567890,0.1000000000000000055]'),
  text('lines that end with CR LF', '{\r\n "a" : 1\r\n}\r\n'),
  text('a carriage return between tokens', '{"a":\r1}'),
  text('a line feed at the end', '{"a":1}\n'),
  // Sizes.
  text('as large as is allowed', padded(largestBytes)),
  text('one byte larger', padded(largestBytes + 1), 'too-large', {
    raw: 'too-large',
    separator: 'too-large',
  }),
  // Records.
  {
    what: 'no value',
    value: () => null,
    outcomes: {
      json: 'stored',
      envelope: 'stored',
      raw: 'stored',
      separator: 'null-value',
      rows: 'stored',
      parquet: 'null-value',
    },
  },
  odd('no key', { key: null }),
  odd('an empty key', { key: Buffer.alloc(0) }),
  odd('a key that is no UTF-8', { key: Buffer.from([0xfe, 0xff]) }),
  odd('headers twice', { headers: [header('a', '1'), header('b', '2'), header('a', '3')] }),
  odd('10,000 headers', {
    headers: Array.from({ length: 10_000 }, (_, i) => header(`h${i % 9_000}`, String(i))),
  }),
  odd('a header that is no UTF-8', { headers: [header('a', Buffer.from([0xff]))] }),
  odd('a header without a name', { headers: [header('', 'x')] }),
  odd('headers named like parts of every object', {
    headers: [header('__proto__', 'x'), header('toString', 'y')],
  }),
  // Rows.
  ofTable('a column that is missing', { country: undefined }, 'schema'),
  ofTable('a column too many', { extra: 1 }, 'schema'),
  ofTable('__proto__ as a column', (json) => json.replace('{', '{"__proto__":1,'), 'schema'),
  ofTable('null in a column', { country: null }, 'schema'),
  ofTable('text for a number', { latitude: '1' }, 'schema'),
  ofTable('a number for text', { country: 5 }, 'schema'),
  ofTable('a fraction for a whole number', (json) => json.replace(/"ind":(\d+)/, '"ind":$1.5'), 'schema'),
  ofTable('beyond 32 bits', (json) => json.replace(/"ind":\d+/, '"ind":2147483648'), 'schema'),
  ofTable('beyond a double', (json) => json.replace('1.5', '1e400'), 'schema'),
  ofTable('a day that does not exist', { timestamp: '2021-02-30 00:00:00' }, 'schema'),
  ofTable('a moment with a zone', { timestamp: '2020-08-28T03:52:47Z' }, 'schema'),
  ofTable('text as long as the column', { country: 'é'.repeat(255) }, 'stored'),
  ofTable('text longer than the column', { country: 'é'.repeat(256) }, 'schema'),
  ofTable('half a surrogate pair in text', (json) => json.replace('Albania', String.raw`\ud800`), 'schema'),
  ofTable('U+0000 in text', (json) => json.replace('Albania', String.raw`\u0000`), 'stored'),
  ofTable('a row that spans lines', (json) => json.replaceAll(',', ',\r\t'), 'stored'),
]

/** Brokers refuse some of these. */
export const oddTimestamps: readonly Poison[] = [-1n, 0n, 2n ** 63n - 1n, -(2n ** 63n)].map((timestamp) =>
  odd(`the timestamp ${timestamp}`, { timestamp }),
)
