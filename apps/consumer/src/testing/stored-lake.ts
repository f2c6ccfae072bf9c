/** Ranges stored below a folder, as a store would, and DuckDB to read them. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { MemoryBudget } from '../memory-budget.ts'
import { prepareRange } from '../prepared-range.ts'
import type { SealedRange } from '../range.ts'

/** @returns the keys, data objects first */
export async function storeIn(folder: string, range: SealedRange): Promise<string[]> {
  using prepared = await prepareRange(range, 0, new MemoryBudget(1 << 28))
  for (const { key, body } of prepared.files) {
    const path = join(folder, key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, Buffer.concat(body.chunks()))
  }
  return prepared.files.map(({ key }) => key)
}

/** The rows of a query, each value as JSON has it (64-bit numbers and times as text). */
export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
