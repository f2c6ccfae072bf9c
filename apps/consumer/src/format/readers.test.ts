/** What readers of the lake find: DuckDB by a plain glob with Hive partitioning, and one that knows Kafka Connect's names. */
import { glob } from 'node:fs/promises'
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import { describe, expect, test } from 'vitest'
import type { ChosenSettings } from '../chain/output-settings.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { record } from '../testing/records.ts'
import { sealedRange } from '../testing/sealed-range.ts'
import { query, storeIn } from '../testing/stored-lake.ts'

const hour = 3_600_000n
const rows = 600
const topic = 'x.geo'

function geo(index: number, change: Record<string, unknown> = {}): string {
  const timestamp = `2020-08-28 0${index % 10}:52:47${index % 2 === 0 ? '' : '.000123'}`
  const row = { ind: index, timestamp, latitude: -89.9787, longitude: index / 7, country: 'São Tomé' }
  return JSON.stringify({ ...row, ...change })
}

function records(valueOf: (index: number) => string): FetchedRecord[] {
  return Array.from({ length: rows }, (_, i) => ({
    ...record(i, valueOf(i)),
    timestamp: 1_598_583_600_000n + BigInt(i % 5) * hour,
  }))
}

type Lake = { readonly format: ChosenSettings['format']; readonly compression: ChosenSettings['compression'] }

const lakes: readonly Lake[] = [
  { format: 'json', compression: { kind: 'none', level: 0 } },
  { format: 'json', compression: { kind: 'gzip', level: 1 } },
  { format: 'json', compression: { kind: 'zstd', level: 3 } },
  ...(['none', 'snappy', 'gzip', 'zstd'] as const).map((kind): Lake => ({
    format: 'parquet',
    compression: { kind, level: 1 },
  })),
]

function scan(folder: string, { format }: Lake): string {
  const files = `'${folder}/topics/${topic}/**/*.${format}*'`
  return format === 'json'
    ? `read_json(${files}, format = 'newline_delimited', hive_partitioning = true)`
    : `read_parquet(${files}, hive_partitioning = true)`
}

describe('DuckDB', () => {
  test.each(lakes)('finds each record of a $format lake once ($compression.kind)', async (lake) => {
    await using folder = await temporaryFolder()
    const layout = {
      parts: [{ by: 'kafka' } as const, { by: 'time', pattern: 'hour' } as const],
      time: { from: 'record' } as const,
      timeZone: 'UTC',
    }
    const range = sealedRange(records(geo), {
      ...lake,
      layout,
      at: { topic, partition: 7 },
      validate: 'schema',
    })
    expect(await storeIn(folder.path, range)).toHaveLength(5)
    const [found] = await query(
      `select count(*) as n, count(distinct ind) as d, sum(ind) as s, min(partition) as p, list_sort(list(distinct hour)) as hours, min(country) as c
       from ${scan(folder.path, lake)}`,
    )
    expect(found).toMatchObject({
      n: String(rows),
      d: String(rows),
      s: String((rows * (rows - 1)) / 2),
      c: 'São Tomé',
    })
    expect(Number(found?.['p'])).toBe(7)
    expect((found!['hours'] as unknown[]).map(Number)).toEqual([3, 4, 5, 6, 7])
  })

  test('reads folders of any value of a field back, and NULL where there is none', async () => {
    await using folder = await temporaryFolder()
    const odd = ['art', 'a/b=c', '100%', '%41', 'é 😀', '..', '*?', '', null]
    const layout = {
      parts: [{ by: 'field', name: 'c' } as const],
      time: { from: 'record' } as const,
      timeZone: 'UTC',
    }
    const values = odd.map((c, i) => record(i, JSON.stringify({ n: i, c })))
    const keys = await storeIn(folder.path, sealedRange(values, { layout }))
    expect(keys).toHaveLength(odd.length - 1)
    const found = await query(
      `select n, regexp_extract(filename, '/c=([^/]*)/', 1) as folder, c
       from read_json('${folder.path}/topics/t/**/*.json', format = 'newline_delimited', hive_partitioning = true, filename = true, columns = {n: 'INT'})
       order by n`,
    )
    expect(found.map(({ c }) => c)).toEqual(odd.map((value) => (value === '' ? null : value)))
  })

  test('sees the columns of the table in a Parquet file: moments without a zone, to the microsecond', async () => {
    await using folder = await temporaryFolder()
    const [key] = await storeIn(
      folder.path,
      sealedRange([record(0, geo(1)), record(1, geo(2))], {
        format: 'parquet',
        at: { topic, partition: 0 },
        validate: 'schema',
      }),
    )
    const file = `'${folder.path}/${key}'`
    expect(
      await query(
        `select column_name, column_type from (describe select * from read_parquet(${file}, hive_partitioning = false))`,
      ),
    ).toEqual([
      { column_name: 'ind', column_type: 'INTEGER' },
      { column_name: 'timestamp', column_type: 'TIMESTAMP' },
      { column_name: 'latitude', column_type: 'DOUBLE' },
      { column_name: 'longitude', column_type: 'DOUBLE' },
      { column_name: 'country', column_type: 'VARCHAR' },
    ])
    const [first, second] = await query(`select * from ${file} order by ind`)
    expect(first).toMatchObject({ ind: 1, timestamp: '2020-08-28 01:52:47.000123', longitude: 1 / 7 })
    expect(second).toMatchObject({ ind: 2, timestamp: '2020-08-28 02:52:47', latitude: -89.9787 })
    const [meta] = await query(
      `select decode(value) as v from parquet_kv_metadata(${file}) where decode(key) = 'pinpipe.schema'`,
    )
    expect(meta).toEqual({ v: 'geolocation_data@1' })
  })
})

test('a reader of Kafka Connect finds partition folders, and topic, partition and first offset in the names', async () => {
  await using folder = await temporaryFolder()
  const at = { topic: 'orders', partition: 0 }
  await storeIn(folder.path, sealedRange([record(0), record(1)], { at }))
  await storeIn(
    folder.path,
    sealedRange([record(0), record(1)], {
      at: { ...at, partition: 12 },
      compression: { kind: 'gzip', level: 1 },
    }),
  )
  const names = await Array.fromAsync(glob('topics/orders/partition=*/*.json*', { cwd: folder.path }))
  // What Confluent's S3 source connector takes for names: topic, partition, start offset, joined by +.
  const known = names.map((name) =>
    /^topics\/(.+)\/partition=(\d+)\/\1\+\2\+(\d{10,})[^/]*\.json(\.gz)?$/.exec(name)?.slice(1, 4),
  )
  expect(known.toSorted((a, b) => (a![1]! < b![1]! ? -1 : 1))).toEqual([
    ['orders', '0', '00000000000000000000'],
    ['orders', '12', '00000000000000000000'],
  ])
})
