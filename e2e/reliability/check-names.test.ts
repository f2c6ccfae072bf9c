import { expect, test } from 'vitest'
import { findings, keyOf, linesOf, logOf, objectOf, records, upTo } from './testing/crafted-run.ts'

const log = logOf(records(...upTo(9)))

test('ranges that tile the log are fine, whatever the offsets without records', async () => {
  const holes = logOf(records(0, 1, 4, 7), { high: 12n })
  const lake = { [keyOf(0, 2)]: linesOf(records(0, 1)), [keyOf(4, 9)]: linesOf(records(4, 7)) }
  expect(await findings({ log: holes, lake })).toMatchObject({ counts: {} })
})

test('two ranges that share offsets overlap', async () => {
  const lake = { ...objectOf(0, 1, 2, 3, 4, 5), ...objectOf(4, 5, 6, 7, 8, 9) }
  const { counts, sentences } = await findings({ log, lake })
  expect(counts).toEqual({ OVERLAP: 2, DUPLICATE: 2 })
  expect(sentences[0]).toBe(
    'a.pin/0: the range 4-9 begins below offset 6, which is where the ranges before it end',
  )
})

test('two objects of one range in one folder overlap', async () => {
  const lake = { ...objectOf(...upTo(9)), [keyOf(0, 9, { extension: '.json.gz' })]: '' }
  expect(await findings({ log, lake })).toMatchObject({ counts: { OVERLAP: 1 } })
})

test('a record between two ranges, or behind the last, is in a gap', async () => {
  const { counts, sentences } = await findings({ log, lake: { ...objectOf(0, 1), ...objectOf(4, 5, 6) } })
  expect(counts).toEqual({ GAP: 5, LOST: 5 })
  expect(sentences[0]).toBe('a.pin/0: no range covers the record at offset 2')
})

test('while the sink is at work, what is behind the last object is no gap', async () => {
  const lake = { ...objectOf(0, 1), ...objectOf(2, 3) }
  expect(await findings({ log, lake, isComplete: false })).toMatchObject({ counts: {} })
  expect(await findings({ log, lake: objectOf(2, 3), isComplete: false })).toMatchObject({
    counts: { GAP: 2, LOST: 2 },
  })
})

test('offsets that an operator gave up are no gap', async () => {
  const lake = { ...objectOf(0, 1), ...objectOf(4, 5, 6, 7, 8, 9) }
  const givenUp = [{ topic: 'a.pin', partition: 0, start: 2n, end: 3n }]
  expect(await findings({ log, lake, givenUp })).toMatchObject({ counts: {} })
})

test('what retention has deleted since need not be in the log', async () => {
  const short = logOf(records(...upTo(9)).slice(5), { low: 5n })
  const lake = { ...objectOf(0, 1, 2), ...objectOf(3, 4, 5, 6), ...objectOf(7, 8, 9) }
  expect(await findings({ log: short, lake })).toMatchObject({ counts: {} })
})

test.for([
  'topics/a.pin/partition=0/7d444840-9dc0-11d1-b245-5ffdce74fad2.json',
  'topics/a.pin/partition=0/a.pin+0+0-9.json',
  'topics/a.pin/partition=0/a.pin+0+00000000000000000000-00000000000000000009.json.tmp',
])('%s is not the name of an object', async (key) => {
  const { counts } = await findings({ log, lake: { ...objectOf(...upTo(9)), [key]: '' } })
  expect(counts).toEqual({ MISLABELLED: 1 })
})

test.for([
  ['a.geo', keyOf(0, 9).replace('topics/a.pin', 'topics/a.geo'), 'it lies in the folder of a.geo'],
  ['partition 1', keyOf(0, 9, { path: 'partition=1' }), 'it lies in the folder of partition 1'],
] as const)('an object in the folder of %s is mislabelled', async ([, key, why]) => {
  const { counts, sentences } = await findings({ log, lake: { [key]: linesOf(records(...upTo(9))) } })
  expect(counts).toEqual({ MISLABELLED: 1 })
  expect(sentences).toEqual([`${key}: ${why}`])
})

test('objects of a partition that is not there are phantoms', async () => {
  const stray = keyOf(0, 0, { path: 'partition=7', partition: 7 })
  const { counts } = await findings({ log, lake: { ...objectOf(...upTo(9)), [stray]: '1\n' } })
  expect(counts).toEqual({ PHANTOM: 1 })
})

test('an earlier life of a topic is only checked for overlaps', async () => {
  const current = { [keyOf(0, 9).replace('/a.pin+', '/a.pin@1+')]: linesOf(records(...upTo(9))) }
  const lake = { ...current, ...objectOf(50, 51), ...objectOf(52, 53) }
  expect(await findings({ log, lake })).toMatchObject({ counts: {} })
  expect(await findings({ log, lake: { ...lake, ...objectOf(53, 54) } })).toMatchObject({
    counts: { OVERLAP: 1 },
  })
})
