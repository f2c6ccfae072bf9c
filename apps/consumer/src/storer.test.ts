import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { compress, type Compression } from './format/compress.ts'
import { MemoryBudget } from './memory-budget.ts'
import type { SealedRange } from './range.ts'
import { ObjectConflict, Storer } from './storer.ts'
import { contentOf, dataKey, MemoryStore } from './testing/records.ts'

const budget = new MemoryBudget(1 << 24)

function sealed(data: readonly string[], dead: readonly string[] = []): SealedRange {
  const files = [
    { kind: 'data' as const, records: data.length, content: contentOf(data, budget) },
    { kind: 'dead' as const, records: dead.length, content: contentOf(dead, budget) },
  ].filter((file) => file.records > 0)
  const records = data.length + dead.length
  return { topic: 't', partition: 0, start: 0n, end: 9n, trigger: 'age', files, records, rejected: new Map() }
}

function storerOf(store: MemoryStore, kind: Compression['kind'] = 'none'): Storer {
  return new Storer({ store, compression: { kind, level: 1 }, budget })
}

describe('the storer', () => {
  test('creates the data object and the dead letters of the range, with its facts', async () => {
    const store = new MemoryStore()
    const stored = await storerOf(store).store(sealed(['a', 'b'], ['c']))
    expect(stored).toEqual({ objects: 1, deadObjects: 1, bytes: 6 })
    expect(store.keys).toEqual([dataKey(0, 9).replace('topics/', 'dead/'), dataKey(0, 9)])
    expect(store.objects.get(dataKey(0, 9))?.object).toMatchObject({
      contentType: 'application/x-ndjson',
      facts: { start: '0', end: '9', records: '2' },
    })
    expect(budget.usedBytes).toBe(0)
  })

  test.each([
    ['gzip', '.json.gz', '.json.gz', gunzipSync],
    ['zstd', '.json.zst', '.json.gz', zstdDecompressSync],
  ] as const)('compresses with %s; dead letters are gzip', async (kind, extension, deadExtension, unpack) => {
    const store = new MemoryStore()
    await storerOf(store, kind).store(sealed(['a', 'b'], ['c']))
    const { bytes, object } = store.objects.get(dataKey(0, 9, 0, extension))!
    expect(unpack(bytes).toString()).toBe('a\nb\n')
    expect(object.digest).toBe(createHash('sha256').update('a\nb\n').digest('hex'))
    const dead = store.objects.get(dataKey(0, 9, 0, deadExtension).replace('topics/', 'dead/'))!
    expect(gunzipSync(dead.bytes).toString()).toBe('c\n')
    expect(budget.usedBytes).toBe(0)
  })

  test('a range without records makes no object', async () => {
    const store = new MemoryStore()
    expect(await storerOf(store).store(sealed([]))).toEqual({ objects: 0, deadObjects: 0, bytes: 0 })
    expect(store.keys).toEqual([])
  })

  test('an object that is there with the same content is stored; with other content it is named, and left alone', async () => {
    const store = new MemoryStore()
    await storerOf(store).store(sealed(['a']))
    await storerOf(store).store(sealed(['a']))
    const storing = storerOf(store).store(sealed(['b']))
    await expect(storing).rejects.toThrow(ObjectConflict)
    await expect(storing).rejects.toThrow(`memory:lake/${dataKey(0, 9)} is there already, with other content`)
    expect(store.text(dataKey(0, 9))).toBe('a\n')
    expect(budget.usedBytes).toBe(0)
  })

  test('gives the memory back when the store fails', async () => {
    const store = new MemoryStore(() => Promise.reject(new Error('down')))
    await expect(storerOf(store, 'gzip').store(sealed(['a'], ['b']))).rejects.toThrow('down')
    expect(budget.usedBytes).toBe(0)
  })
})

test('compression is the same whatever chunks the content lies in, and is byte for byte repeatable', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `{"n":${i},"t":"${'x'.repeat(i % 900)}"}`)
  const text = `${lines.join('\n')}\n`
  for (const kind of ['gzip', 'zstd'] as const) {
    const packed = async (): Promise<Buffer> => {
      const options = { budget, withDigest: true }
      const { body, digest } = await compress(contentOf(lines, budget), { kind, level: 1 }, options)
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
