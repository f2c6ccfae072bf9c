/** Records that break something that was written by somebody who did not think of them (F18). What they are is in their names. */
import type { IHeaders } from 'kafkajs'

export type PoisonRecord = {
  readonly name: string
  readonly value: Buffer | null
  readonly key?: Buffer | null
  readonly headers?: IHeaders
  /** Milliseconds since 1970, as text. */
  readonly timestamp?: string
}

/** What `--max-bytes` is set to for these cases. */
export const sizeLimitBytes = 4 * 1024

const bytes = (...all: readonly number[]): Buffer => Buffer.from(all)
const around = (middle: Buffer): Buffer => Buffer.concat([Buffer.from('{"a":"'), middle, Buffer.from('"}')])
/** JSON of exactly so many bytes. */
const sized = (size: number): string => `{"a":"${'x'.repeat(size - 8)}"}`

const values: Readonly<Record<string, string | Buffer | null>> = {
  'no value': null,
  'an empty value': '',
  'only white space': ' \t\r\n ',
  'white space around': ' \t{"a":1} \t',
  'malformed: cut off': '{"a":',
  'malformed: cut off within a string': '{"a":"b',
  'malformed: single quotes': "{'a':1}",
  'malformed: a comma too many': '{"a":[1,]}',
  'malformed: a comment': '{"a":1/* one */}',
  'malformed: a key without quotes': '{a:1}',
  'malformed: two values': '{"a":1}{"b":2}',
  'malformed: two values on two lines': '{"a":1}\n{"b":2}',
  'malformed: an unknown escape': String.raw`{"a":"\x41"}`,
  'malformed: half an escape': String.raw`{"a":"\u00"}`,
  'malformed: a leading zero': '{"a":01}',
  'malformed: a number without an end': '{"a":1.}',
  NaN: '{"a":NaN}',
  Infinity: '{"a":-Infinity}',
  undefined: 'undefined',
  'not even text': bytes(0, 1, 2, 3, 254, 255),
  'zeros only': Buffer.alloc(64),
  'a byte order mark': '\ufeff{"a":1}',
  'UTF-16': Buffer.from('\ufeff{"a":1}', 'utf16le'),
  'invalid UTF-8: a lone 0xFF': around(bytes(0xff)),
  'invalid UTF-8: overlong': around(bytes(0xc0, 0x80)),
  'invalid UTF-8: a character cut off': around(bytes(0xe2, 0x82)),
  'invalid UTF-8: an encoded surrogate': around(bytes(0xed, 0xa0, 0x80)),
  'invalid UTF-8: beyond U+10FFFF': around(bytes(0xf4, 0x90, 0x80, 0x80)),
  'U+0000 as it is': around(bytes(0)),
  'U+0000 escaped': String.raw`{"a":"\u0000"}`,
  'a lone surrogate, escaped': String.raw`{"a":"\ud800"}`,
  'surrogates in the wrong order': String.raw`{"a":"\udc00\ud800"}`,
  'U+2028 and U+2029': '{"a":"\u2028\u2029"}',
  'a line feed within a string': '{"a":"b\nc"}',
  'a carriage return within a string': '{"a":"b\rc"}',
  'a tab within a string': '{"a":"b\tc"}',
  'lines that end in CR LF': '{\r\n  "a": 1,\r\n  "b": "c  d"\r\n}\r\n',
  'lines that end in CR': '{\r  "a": 1\r}',
  'a line feed at the end': '{"a":1}\n',
  'ten thousand arrays in each other': `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  'ten thousand objects in each other': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'ten thousand brackets that are not closed': '['.repeat(10_000),
  'a number of ten thousand digits': `{"a":${'9'.repeat(10_000)}}`,
  'a number beyond doubles': '{"a":1e999,"b":-1e-999}',
  'numbers that a parser would spell anew': '{"a":1.0,"b":1E2,"c":-0,"d":12345678901234567890}',
  'a key that is there twice': '{"a":1,"a":2}',
  'a key __proto__': '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  'a key toJSON': '{"toJSON":1,"then":2,"length":-1}',
  'an empty key': '{"":1}',
  'a bare string': '"text"',
  'a bare number': '-1.5e-3',
  'a bare null': 'null',
  'an envelope of our own': '{"topic":"t","partition":0,"offset":7,"value":null}',
  'one byte below the size limit': sized(sizeLimitBytes - 1),
  'just the size limit': sized(sizeLimitBytes),
  'one byte above the size limit': sized(sizeLimitBytes + 1),
  'many times the size limit': sized(200 * 1024),
}

/** A row of the table geolocation_data: right in every format. */
const row = {
  ind: 7528,
  timestamp: '2020-08-28 03:52:47',
  latitude: -89.9787,
  longitude: -173.293,
  country: 'Albania',
}
const good = JSON.stringify(row)

const rows: Readonly<Record<string, string>> = {
  'a row': good,
  'a row: its members in another order': JSON.stringify(Object.fromEntries(Object.entries(row).toReversed())),
  'a row that lacks a column': JSON.stringify({ ...row, country: undefined }),
  'a row with one column too many': JSON.stringify({ ...row, more: 1 }),
  'a row with a text for a number': JSON.stringify({ ...row, ind: '7528' }),
  'a row with a number that has a fraction': JSON.stringify({ ...row, ind: 7528.5 }),
  'a row with a number that is too large': JSON.stringify({ ...row, ind: 2 ** 31 }),
  'a row with a number far too large': good.replace('7528', '12345678901234567890'),
  'a row with a time that does not exist': JSON.stringify({ ...row, timestamp: '2020-02-30 25:61:00' }),
  'a row with a text that is too long': JSON.stringify({ ...row, country: 'x'.repeat(5_000) }),
  'a row with nothing where something has to be': JSON.stringify({ ...row, ind: null }),
  'a row with a key twice': good.replace('{', '{"ind":1,'),
  'a row with a lone surrogate': good.replace('Albania', String.raw`\ud800`),
  'a row with U+0000': good.replace('Albania', String.raw`\u0000`),
  'a row over several lines': JSON.stringify(row, undefined, 2),
}

const others: readonly (Omit<PoisonRecord, 'value'> & { readonly value?: string })[] = [
  { name: 'no key', key: null },
  { name: 'an empty key of the record', key: Buffer.alloc(0) },
  { name: 'a key that is not UTF-8', key: bytes(0xff, 0xfe) },
  { name: 'a key with a line feed and quotes', key: Buffer.from('a\n"b"\\') },
  { name: 'a key of 50,000 bytes', key: Buffer.alloc(50_000, 'k') },
  { name: 'a header that is there twice', headers: { h: ['one', 'two'] } },
  { name: 'a header that is not UTF-8', headers: { h: bytes(0xff) } },
  { name: 'an empty header', headers: { h: '' } },
  { name: 'a header without a name', headers: { '': 'h' } },
  { name: 'a header __proto__', headers: JSON.parse('{"__proto__":"h"}') as IHeaders },
  {
    name: 'ten thousand headers',
    headers: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`h${i}`, 'v'])),
  },
  { name: 'a dead letter with headers', value: '{', headers: { h: ['one', bytes(0xff)] } },
  { name: 'the time 0', timestamp: '0' },
  { name: 'a time before 1970', timestamp: '-86400000' },
  { name: 'a time beyond the calendar of JavaScript', timestamp: '8640000000000001' },
  { name: 'the last time there is', timestamp: '9223372036854775807' },
]

export const poisonRecords: readonly PoisonRecord[] = [
  ...Object.entries({ ...values, ...rows }).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? Buffer.from(value) : value,
  })),
  ...others.map((other) => ({ ...other, value: Buffer.from(other.value ?? good) })),
]
