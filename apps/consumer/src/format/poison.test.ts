/** Records that hurt sinks (F18), in every format: good ones are stored, bad ones are dead letters with all their bytes. */
import { describe, expect, test } from 'vitest'
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import type { RangeFile } from '../range-file.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { bytesOfLetter, storedValues, type Letter } from '../testing/poison-lake.ts'
import {
  goodValue,
  hasTable,
  oddTimestamps,
  poisonFormats,
  poisonOutput,
  poisonRecord,
  poisons,
  type PoisonFormat,
} from '../testing/poison.ts'
import { record } from '../testing/records.ts'
import { sealedRange } from '../testing/sealed-range.ts'
import { query, storeIn } from '../testing/stored-lake.ts'

const all = [...poisons, ...oddTimestamps]

function rangeOf(format: PoisonFormat, records: readonly FetchedRecord[]) {
  const at = { topic: hasTable(format) ? 'x.geo' : 't', partition: 0 }
  return sealedRange(records, { ...poisonOutput(format), at })
}

function contentOf(files: readonly RangeFile[], kind: RangeFile['kind']): Buffer {
  return Buffer.concat(files.filter((file) => file.kind === kind).flatMap(({ content }) => content.chunks()))
}

test('there are enough of them', () => {
  expect(all.length).toBeGreaterThanOrEqual(40)
  expect(new Set(all.map(({ what }) => what)).size).toBe(all.length)
})

describe.each(poisonFormats)('format %s', (format) => {
  test.each(all)('$what', (poison) => {
    const hurt = poisonRecord(poison, 1)
    const records = [record(0, goodValue(0)), hurt, record(2, goodValue(2))]
    const { files, rejected, records: taken } = rangeOf(format, records)
    const expected = poison.outcomes[format]
    expect([taken, Object.fromEntries(rejected)]).toEqual([3, expected === 'stored' ? {} : { [expected]: 1 }])
    const stored = expected === 'stored' ? [0, 1, 2] : [0, 2]
    expect(storedValues(format, contentOf(files, 'data'))).toEqual(
      stored.map((i) => ({ offset: i, value: records[i]!.value })).map((one) => storedAs(format, one)),
    )
    if (expected === 'stored') return
    const [line, ...more] = contentOf(files, 'dead').toString().trimEnd().split('\n')
    expect(more).toEqual([])
    expect(line).toContain(`"offset":1,"timestamp":${hurt.timestamp},`)
    const letter = JSON.parse(line!) as Letter
    expect(letter.reason).toBe(expected)
    expect(bytesOfLetter(letter)).toEqual({ key: hurt.key, value: hurt.value })
  })

  test('all of them in one range: it is stored, with every good record in order', async () => {
    const records = all.flatMap((poison, i) => [
      record(2 * i, goodValue(2 * i)),
      poisonRecord(poison, 2 * i + 1),
    ])
    const { files, rejected, records: taken } = rangeOf(format, records)
    expect(taken).toBe(records.length)
    const dead = all.filter(({ outcomes }) => outcomes[format] !== 'stored').length
    expect([...rejected.values()].reduce((sum, count) => sum + count, 0)).toBe(dead)
    expect(files.map(({ records: count }) => count)).toEqual([records.length - dead, dead])
  })
})

test('a Parquet file of them can be read, and has exactly the good rows', async () => {
  await using folder = await temporaryFolder()
  const records = all.map((poison, i) => poisonRecord(poison, i))
  const [key] = await storeIn(folder.path, rangeOf('parquet', records))
  const good = all.flatMap(({ outcomes }, i) => (outcomes.parquet === 'stored' ? [i] : []))
  const found = await query(`select ind, country from '${folder.path}/${key}' order by ind`)
  expect(found.map(({ ind }) => ind)).toEqual(good)
  expect(found.map(({ country }) => country)).toContain('\0')
})

/** What a reader finds of a value: bytes, or JSON on one line; with its offset in an envelope. */
function storedAs(format: PoisonFormat, { offset, value }: { offset: number; value: Buffer | null }) {
  if (format === 'raw' || format === 'separator') return { value }
  const json = value === null ? 'null' : value.toString()
  const line = /[\r\n]/.test(json) ? json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1') : json
  return format === 'envelope' ? { offset, value: line } : { value: line }
}
