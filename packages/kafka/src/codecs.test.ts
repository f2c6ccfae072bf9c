/**
 * `fixtures/compressed-by-java.json` was made with kafka-clients 4.1.0 (snappy-java 1.1.10, lz4-java 1.8.0): for each
 * text, `Compression.snappy|lz4|zstd().build().wrapForOutput(…)` as the Java producer calls it, and
 * `org.xerial.snappy.Snappy.compress` for the raw form that librdkafka writes.
 */

import * as fc from 'fast-check'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { lz4Codec, registerCodecs, snappyCodec, zstdCodec } from './codecs.ts'
import golden from './fixtures/compressed-by-java.json' with { type: 'json' }

const codecs: Record<string, { decompress(data: Buffer): Promise<Buffer> }> = {
  snappy: snappyCodec,
  'snappy-raw': snappyCodec,
  lz4: lz4Codec,
  zstd: zstdCodec,
}

function plainOf(name: string): Buffer {
  if (name === 'empty') return Buffer.alloc(0)
  if (name === 'short') return Buffer.from('a')
  if (name === 'repeated') return Buffer.from('pinterest '.repeat(9_000))
  if (name === 'long') return Buffer.from(Array.from({ length: 300 }, (_, i) => `{"index":${i}}`).join(''))
  let state = 1
  return Buffer.from(
    Array.from({ length: 700 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
      return (state >>> 16) & 0xff
    }),
  )
}

test.each(golden)('K11: $codec data of the Java client is read ($plain)', async ({ codec, plain, data }) => {
  const decompressed = await codecs[codec]?.decompress(Buffer.from(data, 'base64'))
  expect(decompressed?.equals(plainOf(plain))).toBe(true)
})

test.each(golden.filter(({ plain }) => plain !== 'empty'))(
  'cut-off $codec data is an error, not a shorter text ($plain)',
  async ({ codec, data }) => {
    const whole = Buffer.from(data, 'base64')
    const cut = async (): Promise<unknown> =>
      await codecs[codec]?.decompress(whole.subarray(0, whole.length - 5))
    await expect(cut()).rejects.toThrow(/\w/)
  },
)

test('zstd reads what it wrote', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
      const buffer = Buffer.from(bytes)
      const read = await zstdCodec.decompress(await zstdCodec.compress({ buffer }))
      expect(read.equals(buffer)).toBe(true)
    }),
  )
})

test.each([
  ['snappy', snappyCodec],
  ['lz4', lz4Codec],
])('%s is not written, and says what to use', async (name, codec) => {
  await expect(codec.compress({ buffer: Buffer.alloc(1) })).rejects.toThrow(
    `${name} can be read but not written here: send with none, gzip or zstd`,
  )
})

test('K11: every compression of the protocol has a codec after registration', () => {
  registerCodecs()
  const { CompressionCodecs, CompressionTypes } = kafkajs
  const { GZIP, Snappy, LZ4, ZSTD } = CompressionTypes
  expect(Object.keys(CompressionCodecs)).toEqual(
    expect.arrayContaining([GZIP, Snappy, LZ4, ZSTD].map(String)),
  )
})
