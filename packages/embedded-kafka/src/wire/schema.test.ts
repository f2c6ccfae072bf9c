import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MalformedMessage, Reader } from './reader.ts'
import { type Decoded } from './field.ts'
import { array, bool, bytes, int16, int32, int64, int8, string, struct, uuid, zeroUuid } from './schema.ts'
import { structCodec } from './struct-codec.ts'
import { Writer } from './writer.ts'

const schema = {
  name: string(),
  note: string('0+', { nullable: '1+', default: '' }),
  isGood: bool(),
  small: int8(),
  short: int16('2+', { default: -1 }),
  numbers: array(int32(), '0+', { nullable: '1+' }),
  parts: array({ offset: int64(), payload: bytes() }),
  id: uuid('2+', { default: zeroUuid }),
  inner: struct({ x: int32() }, '1+', { nullable: '1+', default: null }),
  tagged: int32('2+', { tag: 0, default: -1 }),
  later: string('3+', { tag: 5, default: '' }),
}

const messages = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  note: fc.option(fc.string()),
  isGood: fc.boolean(),
  small: fc.integer({ min: -128, max: 127 }),
  short: fc.integer({ min: -32_768, max: 32_767 }),
  numbers: fc.option(fc.array(fc.integer())),
  parts: fc.array(
    fc.record({
      offset: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      payload: fc.uint8Array({ maxLength: 5_000 }).map((value) => Buffer.from(value)),
    }),
  ),
  id: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((value) => Buffer.from(value).toString('base64url')),
  inner: fc.option(fc.record({ x: fc.integer() })),
  tagged: fc.integer(),
  later: fc.string(),
})

type Message = Decoded<typeof schema>

function written(message: Message, version: number): Buffer {
  const writer = new Writer()
  structCodec(schema, { version, flexible: version >= 2 }).write(writer, message)
  const { length } = writer
  const whole = Buffer.concat(writer.finish())
  expect(whole).toHaveLength(length)
  return whole
}

function decoded(frame: Buffer, version: number): Message {
  const reader = new Reader(frame)
  const message = structCodec(schema, { version, flexible: version >= 2 }).read(reader)
  expect(reader.remaining).toBe(0)
  return message
}

/** What a version cannot carry comes back as its default. */
function inVersion(message: Message, version: number): Message {
  return {
    ...message,
    ...(version < 1 && { note: message.note ?? '', numbers: message.numbers ?? [], inner: null }),
    ...(version < 2 && { short: -1, id: zeroUuid, tagged: -1 }),
    ...(version < 3 && { later: '' }),
  }
}

test.for([0, 1, 2, 3])('version %i carries every message', (version) => {
  fc.assert(
    fc.property(messages, (message) => {
      const sound = inVersion(message, version)
      expect(decoded(written(sound, version), version)).toEqual(sound)
    }),
  )
})

test('an unknown tag is skipped', () => {
  const [message] = fc.sample(messages, 1)
  if (message === undefined) throw new Error('no message')
  const newer = { ...message, later: 'from the future' }
  expect(decoded(written(newer, 3), 2)).toEqual({ ...newer, later: '' })
})

test('a message that is cut short is malformed, wherever it is cut', () => {
  fc.assert(
    fc.property(messages, fc.nat(), (message, at) => {
      const frame = written(message, 3)
      const cut = frame.subarray(0, at % frame.length)
      expect(() => decoded(cut, 3)).toThrow(MalformedMessage)
    }),
  )
})

test('a count that cannot be true is refused before anything is allocated', () => {
  const codec = structCodec({ list: array(int32()) }, { version: 0, flexible: false })
  expect(() => codec.read(new Reader(Buffer.from('7fffffff00000001', 'hex')))).toThrow(
    'an array of 2147483647 elements does not fit into 4 bytes',
  )
})

test('null where none is allowed is malformed', () => {
  const codec = structCodec({ name: string() }, { version: 0, flexible: false })
  expect(() => codec.read(new Reader(Buffer.from('ffff', 'hex')))).toThrow(MalformedMessage)
})
