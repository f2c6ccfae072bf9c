import { expect, test } from 'vitest'
import type { HistorySample } from './check-history.ts'
import { findings, keyOf, linesOf, logOf, objectOf, records, topic, upTo } from './testing/crafted-run.ts'

const log = logOf(records(0, 1, 2, 5, 6, 7), { high: 9n })
const first = keyOf(0, 2)
const second = keyOf(3, 8)
const lake = { [first]: linesOf(records(0, 1, 2)), [second]: linesOf(records(5, 6, 7)) }

/** A sample: what was committed, then the objects that are new. */
const sample = (committed: number, ...keys: readonly string[]): HistorySample => ({
  atMs: 0,
  committed: [{ topic, partition: 0, offset: String(committed) }],
  seen: keys.map((key) => ({ key, content: 'as it was' })),
  gone: [],
})

test('commits behind what is stored are fine', async () => {
  const history = [sample(0), sample(0, first), sample(3), sample(3, second), sample(9)]
  expect(await findings({ log, lake, history })).toMatchObject({ counts: {} })
})

test('offsets without records need no object', async () => {
  expect(await findings({ log, lake, history: [sample(5, first)] })).toMatchObject({ counts: {} })
})

test('a commit beyond the objects without a gap before it is ahead', async () => {
  const { counts, sentences } = await findings({ log, lake, history: [sample(3), sample(6, first)] })
  expect(counts).toEqual({ COMMIT_AHEAD: 2 })
  expect(sentences).toEqual(['a.pin/0: 3 was committed when only what is below 0 was stored'])
  expect(await findings({ log, lake, history: [sample(9, second)] })).toMatchObject({
    counts: { COMMIT_AHEAD: 1 },
  })
})

test('a range is stored when all of its objects are there', async () => {
  const dead = keyOf(0, 2, { area: 'dead' })
  const split = {
    ...objectOf(0, 1, 2),
    [first]: linesOf(records(0, 2)),
    [dead]: `${JSON.stringify({ topic, partition: 0, offset: 1, timestamp: 1_600_000_000_000, key: 'k', headers: {}, value: '{"seq":1}', reason: 'schema', detail: '' })}\n`,
    [second]: lake[second]!,
  }
  expect(await findings({ log, lake: split, history: [sample(3, first)] })).toMatchObject({
    counts: { COMMIT_AHEAD: 1 },
  })
  expect(await findings({ log, lake: split, history: [sample(3, first, dead)] })).toMatchObject({
    counts: {},
  })
})

test('an object that changes or goes away was rewritten', async () => {
  const changed = { ...sample(3), seen: [{ key: first, content: 'other' }] }
  const { counts, sentences } = await findings({ log, lake, history: [sample(0, first), changed] })
  expect(counts).toEqual({ REWRITTEN: 1 })
  expect(sentences).toEqual([`${first}: it had two contents`])
  const gone = { ...sample(0), gone: [first] }
  expect(await findings({ log, lake, history: [sample(0, first), gone] })).toMatchObject({
    counts: { REWRITTEN: 1 },
  })
})

test('the log of a partition that is not sampled says nothing', async () => {
  const history = [{ ...sample(0), committed: [{ topic: 'b', partition: 0, offset: '7' }] }]
  expect(await findings({ log: logOf(records(...upTo(2))), lake: objectOf(0, 1, 2), history })).toMatchObject(
    {
      counts: {},
    },
  )
})
