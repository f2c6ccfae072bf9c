import { createHash } from 'node:crypto'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { compress } from './format/compress.ts'
import { MemoryBudget } from './memory-budget.ts'
import { linkOf, prepareRange } from './prepared-range.ts'
import { contentOf, dataKey, record } from './testing/records.ts'
import { sealedRange } from './testing/sealed-range.ts'

const budget = new MemoryBudget(1 << 24)
const me = { nonce: 'me', topicId: undefined, before: undefined }
const deadKey = (key: string): string => key.replace('topics/', 'dead/')

describe('a prepared range', () => {
  test('knows name, digest and size of each object before anything is written', async () => {
    using prepared = await prepareRange(
      sealedRange([record(0), record(1), record(2, '{')], { budget }),
      0,
      budget,
    )
    expect(prepared.files.map(({ key, records, first, last }) => [key, records, first, last])).toEqual([
      [dataKey(0, 2), 2, 0n, 1n],
      [deadKey(dataKey(0, 2)), 1, 2n, 2n],
    ])
    const [data] = prepared.files
    expect(data?.digest).toBe(createHash('sha256').update('{"n":0}\n{"n":1}\n').digest('hex'))
    expect([data?.contentBytes, data?.contentType]).toEqual([16, 'application/x-ndjson'])
  })

  test.each([
    ['gzip', '.json.gz', '.json.gz', gunzipSync],
    ['zstd', '.json.zst', '.json.gz', zstdDecompressSync],
  ] as const)('compresses with %s; dead letters are gzip', async (kind, extension, deadExtension, unpack) => {
    const range = sealedRange([record(0), record(1, '{')], { budget, compression: { kind, level: 1 } })
    using prepared = await prepareRange(range, 0, budget)
    const [data, dead] = prepared.files
    expect([data?.key, dead?.key]).toEqual([
      dataKey(0, 1, 0, extension),
      deadKey(dataKey(0, 1, 0, deadExtension)),
    ])
    expect(unpack(Buffer.concat(data!.body.chunks())).toString()).toBe('{"n":0}\n')
    expect(data?.digest).toBe(createHash('sha256').update('{"n":0}\n').digest('hex'))
    expect(gunzipSync(Buffer.concat(dead!.body.chunks())).toString()).toContain('"offset":1')
  })

  test('that touches several folders has a file in each, under one link', async () => {
    const time = { from: 'record' } as const
    const layout = { parts: [{ by: 'field', name: 'c' } as const], time, timeZone: 'UTC' }
    const values = ['{"c":"a"}', '{"c":"b"}', '{"c":"a"}', '{"c":[]}', '{"c":"b"}']
    const range = sealedRange(
      values.map((value, i) => record(i, value)),
      { budget, layout },
    )
    using prepared = await prepareRange(range, 0, budget)
    const link = linkOf(prepared, me)
    expect(link.files.map(({ key, records, first, last }) => [key, records, first, last])).toEqual([
      [dataKey(0, 4).replace('partition=0', 'c=a'), 2, 0n, 2n],
      [dataKey(0, 4).replace('partition=0', 'c=b'), 2, 1n, 4n],
    ])
    expect(link.dead).toMatchObject({ key: deadKey(dataKey(0, 4)), records: 1 })
  })

  test('says how many records its settings left out: with the files and the dead letters they are all', async () => {
    const records = [record(0), record(1, null), record(2, '{'), record(3, null)]
    using prepared = await prepareRange(sealedRange(records, { budget, nullValues: 'skip' }), 0, budget)
    const link = linkOf(prepared, me)
    expect(link).toMatchObject({ records: 4, skipped: 2, files: [{ records: 1 }], dead: { records: 1 } })
    using none = await prepareRange(sealedRange([record(0)], { budget, nullValues: 'skip' }), 0, budget)
    expect(linkOf(none, me).skipped).toBeUndefined()
  })

  test('in Parquet, it has the digest of the file itself, which is the same whenever it is made', async () => {
    const row = '{"ind":1,"timestamp":"2020-08-28 03:52:47","latitude":1,"longitude":2,"country":"x"}'
    const rows = Array.from({ length: 3_000 }, (_, i) => record(i, row.replace('1', String(i))))
    const options = {
      at: { topic: 'x.geo', partition: 0 },
      format: 'parquet',
      compression: { kind: 'zstd', level: 1 },
    } as const
    const [once, twice] = await Promise.all(
      [budget, new MemoryBudget(1 << 22)].map(async (memory) => {
        using prepared = await prepareRange(sealedRange(rows, { ...options, budget: memory }), 0, memory)
        const [file] = prepared.files
        const bytes = Buffer.concat(file!.body.chunks())
        expect(file!.key).toMatch(/\.parquet$/)
        expect([file!.contentType, file!.contentBytes]).toEqual([
          'application/vnd.apache.parquet',
          bytes.length,
        ])
        expect(file!.digest).toBe(createHash('sha256').update(bytes).digest('hex'))
        return bytes
      }),
    )
    expect(once!.equals(twice!)).toBe(true)
    expect(budget.usedBytes).toBe(0)
  })

  test('gives all its memory back when it is disposed', async () => {
    const prepared = await prepareRange(
      sealedRange([record(0), record(1, '{')], { budget, compression: { kind: 'gzip', level: 1 } }),
      0,
      budget,
    )
    expect(budget.usedBytes).toBeGreaterThan(0)
    prepared[Symbol.dispose]()
    expect(budget.usedBytes).toBe(0)
  })

  test('its link says what is in it, and what was there before when it holds no record', async () => {
    const before = { offset: 3n, timestamp: 4n, digest: 'a'.repeat(64) }
    using prepared = await prepareRange(sealedRange([record(0), record(1, '{')], { budget }), 2, budget)
    expect(linkOf(prepared, { nonce: 'me', topicId: 'id', before })).toMatchObject({
      kind: 'range',
      start: 0n,
      end: 1n,
      epoch: 2,
      nonce: 'me',
      records: 2,
      files: [{ records: 1, first: 0n, last: 0n, bytes: 8 }],
      dead: { records: 1 },
      tail: { offset: 1n },
    })
    using empty = await prepareRange(sealedRange([], { budget, end: 9n }), 2, budget)
    expect(linkOf(empty, { nonce: 'me', topicId: 'id', before })).toMatchObject({
      end: 9n,
      files: [],
      dead: null,
      tail: before,
    })
  })
})

test('compression is the same whatever chunks the content lies in, and is byte for byte repeatable', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `{"n":${i},"t":"${'x'.repeat(i % 900)}"}`)
  const text = `${lines.join('\n')}\n`
  for (const kind of ['gzip', 'zstd'] as const) {
    const packed = async (): Promise<Buffer> => {
      const { body, digest } = await compress(contentOf(lines, budget), { kind, level: 1 }, budget)
      expect(digest).toBe(createHash('sha256').update(text).digest('hex'))
      const bytes = Buffer.concat(body.chunks())
      body.release()
      return bytes
    }
    const [once, twice] = [await packed(), await packed()]
    expect((kind === 'gzip' ? gunzipSync(once) : zstdDecompressSync(once)).toString() === text).toBe(true)
    expect(once.equals(twice)).toBe(true)
  }
  expect(budget.usedBytes).toBe(0)
})
