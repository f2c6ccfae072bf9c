import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { PartitionLog } from './partition-log.ts'
import { parquetLine } from './parquet-rows.ts'
import { findings, keyOf, timestamp, topic } from './testing/crafted-run.ts'

const values = [
  '{"ind":1,"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"country":"Albania"}',
  '{"ind":2,"timestamp":"2020-08-28 03:52:47.500000","latitude":1.0,"country":null}',
  '{"country":"","timestamp":"1969-12-31 23:59:59.000001","ind":3,"latitude":1e2}',
]
const rows = [
  `(1, TIMESTAMP '2020-08-28 03:52:47', -89.9787, 'Albania')`,
  `(2, TIMESTAMP '2020-08-28 03:52:47.5', 1, NULL)`,
  `(3, TIMESTAMP '1969-12-31 23:59:59.000001', 100, '')`,
]

/** What the checker says of a lake of these rows. */
async function checkRows(written: readonly string[]): Promise<Awaited<ReturnType<typeof findings>>> {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-rows-'))
  try {
    const file = join(folder, 'rows.parquet')
    const duckdb = await DuckDBInstance.create(':memory:')
    const connection = await duckdb.connect()
    const columns = 'ind, timestamp, latitude, country'
    const table = `SELECT ind::INTEGER AS ind, timestamp, latitude::DOUBLE AS latitude, country FROM (VALUES ${written.join(', ')}) AS t(${columns})`
    await connection.run(`COPY (${table}) TO '${file}' (FORMAT parquet)`)
    connection.closeSync()
    duckdb.closeSync()
    const log = new PartitionLog({ topic, partition: 0, low: 0n, high: 3n }, parquetLine)
    for (const [i, value] of values.entries()) {
      const record = { offset: BigInt(i), timestamp, key: null, headers: Buffer.alloc(0) }
      log.add({ ...record, value: Buffer.from(value) })
    }
    const lake = { [keyOf(0, 2, { extension: '.parquet' })]: await readFile(file) }
    return await findings({ log: new Map([[`${topic}/0`, log]]), lake })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('rows of a Parquet file are compared with the records, value by value', async () => {
  expect(await checkRows(rows)).toEqual({ counts: {}, sentences: [] })
})

test('a changed, a missing and a misplaced row are told', async () => {
  expect(await checkRows(rows.with(1, rows[1]!.replace('47.5', '47.4')))).toMatchObject({
    counts: { CORRUPT: 1 },
  })
  expect(await checkRows(rows.slice(1))).toMatchObject({ counts: { LOST: 1 } })
  expect(await checkRows([rows[1]!, rows[0]!, rows[2]!])).toMatchObject({ counts: { REORDERED: 1 } })
})

test('what is no Parquet file is corrupt', async () => {
  const log = new PartitionLog({ topic, partition: 0, low: 0n, high: 0n }, parquetLine)
  const lake = { [keyOf(0, 2, { extension: '.parquet' })]: 'PAR1PAR1' }
  expect(await findings({ log: new Map([[`${topic}/0`, log]]), lake })).toMatchObject({
    counts: { CORRUPT: 1 },
  })
})
