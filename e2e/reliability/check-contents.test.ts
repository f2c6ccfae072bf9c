import { expect, test } from 'vitest'
import {
  type CraftedRecord,
  deadLetter,
  envelope,
  findings,
  gzipped,
  keyOf,
  linesOf,
  logOf,
  records,
  upTo,
} from './testing/crafted-run.ts'

const all = records(...upTo(9))
const log = logOf(all)
const key = keyOf(0, 9)

test('an object that holds exactly what the log has there is fine', async () => {
  expect(await findings({ log, lake: { [key]: linesOf(all) } })).toEqual({ counts: {}, sentences: [] })
})

test('a record that is nowhere is lost', async () => {
  const { counts, sentences } = await findings({ log, lake: { [key]: linesOf(all.toSpliced(4, 2)) } })
  expect(counts).toEqual({ LOST: 2 })
  expect(sentences).toEqual(['a.pin/0: the record at offset 4 is in no object'])
})

test('a record that is there twice is a duplicate, in one object or in two', async () => {
  const twice = linesOf([...all, ...records(9)])
  expect(await findings({ log, lake: { [key]: twice } })).toMatchObject({ counts: { DUPLICATE: 1 } })
  const split = { [keyOf(0, 4)]: linesOf(records(...upTo(4))), [keyOf(5, 9)]: linesOf(all.slice(4)) }
  expect(await findings({ log, lake: split })).toMatchObject({ counts: { DUPLICATE: 1, MISLABELLED: 1 } })
})

test('a line of no record is a phantom if none is missing, and a corrupt record otherwise', async () => {
  const more = linesOf([...all, { offset: 0, value: '{"seq":77}' }])
  expect(await findings({ log, lake: { [key]: more } })).toMatchObject({ counts: { PHANTOM: 1 } })
  const other = linesOf(all.with(3, { offset: 3, value: '{"seq": 3}' }))
  const { counts, sentences } = await findings({ log, lake: { [key]: other } })
  expect(counts).toEqual({ CORRUPT: 1 })
  expect(sentences).toEqual([`${key}: the value at offset 3 is not the log's`])
})

test('records in another order are told', async () => {
  const swapped = linesOf(all.with(3, all[4]!).with(4, all[3]!))
  const { counts, sentences } = await findings({ log, lake: { [key]: swapped } })
  expect(counts).toEqual({ REORDERED: 1 })
  expect(sentences).toEqual([`${key}: the record of offset 3 comes too late`])
})

test('equal lines are told apart by their place', async () => {
  const nulls: readonly CraftedRecord[] = [
    { offset: 0, value: null },
    ...records(1, 2),
    { offset: 3, value: null },
    ...records(4),
  ]
  const run = (content: readonly CraftedRecord[]): ReturnType<typeof findings> =>
    findings({ log: logOf(nulls), lake: { [keyOf(0, 4)]: linesOf(content) } })
  expect(await run(nulls)).toMatchObject({ counts: {} })
  expect(await run(nulls.toSpliced(3, 1))).toMatchObject({ counts: { LOST: 1 } })
  expect(await run([...nulls.slice(0, 3), nulls[4]!, nulls[3]!])).toMatchObject({ counts: { REORDERED: 1 } })
})

test('a range in several folders is one range', async () => {
  const lake = {
    [keyOf(0, 9, { path: 'category=art' })]: linesOf(records(0, 3, 4, 9)),
    [keyOf(0, 9, { path: 'category=food' })]: linesOf(records(1, 2, 5, 6, 7, 8)),
  }
  expect(await findings({ log, lake })).toMatchObject({ counts: {} })
  const one = { ...lake, [keyOf(0, 9, { path: 'category=food' })]: linesOf(records(1, 2, 6, 5, 7)) }
  expect(await findings({ log, lake: one })).toMatchObject({ counts: { REORDERED: 1, LOST: 1 } })
})

test('null values need not be there when they are to be skipped', async () => {
  const nulls: readonly CraftedRecord[] = [...records(0), { offset: 1, value: null }, ...records(2)]
  const lake = { [keyOf(0, 2)]: linesOf(records(0, 2)) }
  expect(await findings({ log: logOf(nulls), lake, skipsNulls: true })).toMatchObject({ counts: {} })
  expect(await findings({ log: logOf(nulls), lake })).toMatchObject({ counts: { LOST: 1 } })
})

test('a value that spans lines is compared without the space between its parts', async () => {
  const pretty = logOf([{ offset: 0, value: '{\r\n  "a b": [1, 2.0 ],\n "c": "x\\" y\\\\" }' }])
  const lake = { [keyOf(0, 0)]: '{"a b":[1,2.0],"c":"x\\" y\\\\"}\n' }
  expect(await findings({ log: pretty, lake })).toMatchObject({ counts: {} })
})

test('compressed objects are read as their names say', async () => {
  const packed = keyOf(0, 9, { extension: '.json.gz' })
  expect(await findings({ log, lake: { [packed]: gzipped(linesOf(all)) } })).toMatchObject({ counts: {} })
  const torn = gzipped(linesOf(all)).subarray(0, 30)
  expect(await findings({ log, lake: { [packed]: torn } })).toMatchObject({
    counts: { CORRUPT: 1, LOST: 10 },
  })
  expect(await findings({ log, lake: { [packed]: linesOf(all) } })).toMatchObject({
    counts: { CORRUPT: 1, LOST: 10 },
  })
})

test('an object whose last line has no end is torn', async () => {
  const { sentences } = await findings({ log, lake: { [key]: linesOf(all).slice(0, -1) } })
  expect(sentences[0]).toBe(`a.pin/0: the record at offset 0 is in no object`)
  expect(sentences[1]).toBe(`${key}: it cannot be read: its last line has no end`)
})

test('envelopes tell their offsets, and all of the record is compared', async () => {
  const lines = upTo(9).map((offset) => envelope(offset))
  const run = (...content: readonly string[]): ReturnType<typeof findings> => {
    expect(content.length).toBeGreaterThanOrEqual(lines.length)
    return findings({ log, lake: { [key]: content.join('') } })
  }
  expect(await run(...lines)).toMatchObject({ counts: {} })
  expect(await run(...lines.with(2, envelope(2, { value: { seq: 3 } })))).toMatchObject({
    counts: { CORRUPT: 1 },
  })
  expect(await run(...lines.with(2, envelope(2, { timestamp: 1 })))).toMatchObject({ counts: { CORRUPT: 1 } })
  expect(await run(...lines.with(2, envelope(2, { key: 'l' })))).toMatchObject({ counts: { CORRUPT: 1 } })
  expect(await run(...lines.with(2, envelope(2, { headers: { a: '1' } })))).toMatchObject({
    counts: { CORRUPT: 1 },
  })
  expect(await run(...lines.with(2, lines[3]!).with(3, lines[2]!))).toMatchObject({
    counts: { REORDERED: 1 },
  })
  expect(await run(...lines, envelope(12))).toMatchObject({ counts: { MISLABELLED: 1, PHANTOM: 1 } })
  expect(await run(...lines.with(2, envelope(2, { partition: 1 })))).toMatchObject({
    counts: { CORRUPT: 1, LOST: 10 },
  })
})

test('keys and headers are compared as bytes, in whatever order a reader gives the names', async () => {
  const told = logOf([{ offset: 0, value: '{"seq":0}', headers: 'b=NULL,1=x,y,a=one,a=two' }])
  const asBytes = envelope(0, { headers: { 1: 'eCx5', b: null, a: ['one', 'two'] }, base64: ['headers.1'] })
  const asText = envelope(0, { headers: { 1: 'x,y', b: null, a: ['one', 'two'] } })
  for (const line of [asBytes, asText]) {
    expect(await findings({ log: told, lake: { [keyOf(0, 0)]: line } })).toMatchObject({ counts: {} })
  }
})

test('dead letters belong to the range, with the bytes as they were', async () => {
  const poison = all.with(4, { offset: 4, value: '{not json' })
  const data = { [key]: linesOf(poison.toSpliced(4, 1)) }
  const dead = keyOf(0, 9, { area: 'dead' })
  const run = (letters: string): ReturnType<typeof findings> =>
    findings({ log: logOf(poison), lake: { ...data, [dead]: letters } })
  expect(await run(deadLetter(4, '{not json'))).toMatchObject({ counts: {} })
  expect(
    await run(deadLetter(4, Buffer.from('{not json').toString('base64'), { base64: ['value'] })),
  ).toMatchObject({ counts: {} })
  expect(await findings({ log: logOf(poison), lake: data })).toMatchObject({ counts: { LOST: 1 } })
  expect(await run(deadLetter(4, '{not JSON'))).toMatchObject({ counts: { CORRUPT: 1 } })
  expect(await run(deadLetter(4, '{not json') + deadLetter(5, '{"seq":5}'))).toMatchObject({
    counts: { DUPLICATE: 1 },
  })
})

test('values that are framed by their lengths are compared as bytes, and no value is not an empty one', async () => {
  const values: readonly CraftedRecord[] = [
    { offset: 0, value: 'a\nb' },
    { offset: 1, value: '' },
    { offset: 2, value: null },
    { offset: 3, value: 'no JSON' },
  ]
  const run = (...content: readonly (string | null)[]): ReturnType<typeof findings> =>
    findings({
      log: logOf(values),
      lake: { [keyOf(0, 3, { extension: '.bin' })]: Buffer.concat(content.map(framed)) },
    })
  expect(await run('a\nb', '', null, 'no JSON')).toMatchObject({ counts: {} })
  expect(await run('a b', '', null, 'no JSON')).toMatchObject({ counts: { CORRUPT: 1 } })
  expect(await run('a\nb', '', '', 'no JSON')).toMatchObject({ counts: { LOST: 1, DUPLICATE: 1 } })
  expect(await run('a\nb', null, '', 'no JSON')).toMatchObject({ counts: { REORDERED: 1 } })
  expect(await run('a\nb', '', null)).toMatchObject({ counts: { LOST: 1 } })
})

test('a value that ends behind its object is not read', async () => {
  const lake = { [keyOf(0, 0, { extension: '.bin' })]: framed('abc').subarray(0, 6) }
  expect(await findings({ log: logOf([{ offset: 0, value: 'abc' }]), lake })).toMatchObject({
    counts: { CORRUPT: 1, LOST: 1 },
  })
})

function framed(value: string | null): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(value?.length ?? -1)
  return Buffer.concat([length, Buffer.from(value ?? '')])
}
