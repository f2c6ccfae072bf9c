import { expect, test } from 'vitest'
import { acked, findings, logOf, objectOf, records, upTo } from './testing/crafted-run.ts'

const log = logOf(records(...upTo(4)))
const lake = objectOf(...upTo(4))
const ledger = upTo(4).map((offset) => acked(offset))

test('acknowledged records that are where they were said to be are fine', async () => {
  expect(await findings({ log, lake, ledger })).toMatchObject({ counts: {} })
})

test('an acknowledged record that is not in the log is lost', async () => {
  const { counts, sentences } = await findings({ log, lake, ledger: [...ledger, acked(5)] })
  expect(counts).toEqual({ LOST_ACK: 1 })
  expect(sentences).toEqual(['a.pin/0: seq 5: it was acknowledged at offset 5, where nothing is'])
})

test('a record of which no offset is known is looked for by its value', async () => {
  const told = upTo(4).map((offset) => {
    const { offset: _, ...entry } = acked(offset)
    return entry
  })
  expect(await findings({ log, lake, ledger: told })).toMatchObject({ counts: {} })
  const { offset: _, ...lost } = acked(9)
  expect(await findings({ log, lake, ledger: [...told, lost] })).toMatchObject({ counts: { LOST_ACK: 1 } })
})

test('an offset that was acknowledged for another record is told', async () => {
  const wrong = ledger.with(3, acked(3, { offset: '2' }))
  expect(await findings({ log, lake, ledger: wrong })).toMatchObject({ counts: { WRONG_ACK: 1 } })
})

test('one offset is not acknowledged twice', async () => {
  const again = acked(3, { seq: 7 })
  expect(await findings({ log, lake, ledger: [...ledger, again] })).toMatchObject({
    counts: { WRONG_ACK: 1 },
  })
})

test('a record that failed is not in the log, one of unknown fate may be', async () => {
  const { offset: _, ...entry } = acked(4)
  const rest = ledger.slice(0, 4)
  const unknown = [...rest, { ...entry, outcome: 'unknown' as const }]
  expect(await findings({ log, lake, ledger: unknown })).toMatchObject({ counts: {} })
  const failed = [...rest, { ...entry, outcome: 'failed' as const }]
  expect(await findings({ log, lake, ledger: failed })).toMatchObject({ counts: { WRONG_ACK: 1 } })
})

test('a record is not in the log a second time', async () => {
  const twice = logOf([...records(...upTo(4)), { offset: 5, value: '{"seq":2}' }])
  const stored = { ...lake, ...Object.fromEntries([[Object.keys(objectOf(5))[0], '{"seq":2}\n']]) }
  expect(await findings({ log: twice, lake: stored, ledger })).toMatchObject({ counts: { DUPLICATE: 1 } })
})

test('the records of a key are in the order in which they were sent', async () => {
  const late = ledger.with(2, acked(2, { seq: 40 }))
  const { counts, sentences } = await findings({ log, lake, ledger: late })
  expect(counts).toEqual({ REORDERED: 2 })
  expect(sentences).toEqual(['a.pin/0 (log): seq 3 is at offset 3, behind seq 40 of the same key'])
  const otherKey = ledger.with(2, acked(2, { seq: 40, key: 'other' }))
  expect(await findings({ log, lake, ledger: otherKey })).toMatchObject({ counts: {} })
})

test('what retention has deleted since cannot be missed', async () => {
  const short = logOf(records(3, 4), { low: 3n })
  expect(await findings({ log: short, lake, ledger })).toMatchObject({ counts: {} })
})
