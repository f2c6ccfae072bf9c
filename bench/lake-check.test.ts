import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { checkLake, type StoredObject } from './lake-check.ts'

const offset = (value: number): string => String(value).padStart(20, '0')

function object(
  partition: number,
  start: number,
  end: number,
  lines = end - start + 1,
  ending = '',
): StoredObject {
  const text = Buffer.from('{"index":1}\n'.repeat(lines))
  const bytes = ending === '.gz' ? gzipSync(text) : ending === '.zst' ? zstdCompressSync(text) : text
  const name = `topics/t/partition=${partition}/t+${partition}+${offset(start)}-${offset(end)}.json${ending}`
  return { name, bytes: bytes.length, open: () => Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]) }
}

const topic = { topic: 't', records: 5, contentBytes: 60, partitions: [3, 2] }

test('a whole lake passes, in any order and compression', async () => {
  const objects = [object(1, 0, 1, 2, '.zst'), object(0, 2, 2), object(0, 0, 1, 2, '.gz')]
  await expect(checkLake(objects, topic)).resolves.toBeUndefined()
})

test.for([
  ['a hole', [object(0, 0, 0), object(0, 2, 2), object(1, 0, 1)], /begins at 2, not at 1/],
  ['an overlap', [object(0, 0, 1), object(0, 1, 2), object(1, 0, 1)], /begins at 1, not at 2/],
  ['a missing end', [object(0, 0, 1), object(1, 0, 1)], /partition 0 ends at 2, not at 3/],
  ['a missing partition', [object(0, 0, 2)], /partition 1 ends at 0, not at 2/],
  ['a missing line', [object(0, 0, 2, 2), object(1, 0, 1)], /holds 2 lines/],
] as const)('%s is found', async ([, objects, message]) => {
  await expect(checkLake(objects, topic)).rejects.toThrow(message)
})
