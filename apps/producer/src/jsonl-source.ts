/** Posts from a folder of JSON-lines files, one file a table, joined by index. The files may be in any order. */

import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Row, type Table } from '@pinpipe/schema/table'
import { Failure } from '@pinpipe/service/failure'
import { type IndexRange } from './draws.ts'
import { JsonlIndex } from './jsonl-index.ts'
import { type IndexedRows, type PostRows } from './post.ts'
import { type RowCounts, type Source } from './source.ts'

const pagePosts = 1000

/** Opens the file of every table. Throws a Failure for a missing folder, a missing file, or two files for one table. */
export async function openJsonlSource(folder: string, tables: readonly Table[]): Promise<Source> {
  const names = await filesIn(folder)
  const problems: string[] = []
  const found = tables.flatMap((table) => {
    const candidates = names.filter((name) => isFileOf(table, name))
    const [name] = candidates
    if (name !== undefined && candidates.length === 1) return [{ table, path: join(folder, name) }]
    problems.push(
      candidates.length === 0
        ? `no file for ${table.name} (${table.topicSuffix}.jsonl, ${table.name}.jsonl or <prefix>.${table.topicSuffix}.jsonl)`
        : `more than one file for ${table.name} (${candidates.join(', ')})`,
    )
    return []
  })
  if (problems.length > 0)
    throw new Failure(
      `${folder} has ${problems.join('; ')}: add or remove files, or choose tables with --tables`,
    )
  return new JsonlSource(folder, found)
}

function isFileOf(table: Table, name: string): boolean {
  return (
    name === `${table.name}.jsonl` ||
    name === `${table.topicSuffix}.jsonl` ||
    name.endsWith(`.${table.topicSuffix}.jsonl`)
  )
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    throw new Failure(`the folder ${folder} cannot be read (${codeOf(error)}): check --source jsonl:<dir>`, {
      cause: error,
    })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

class JsonlSource implements Source {
  readonly name: string
  readonly #files: readonly { readonly table: Table; readonly path: string }[]
  #indexes: readonly JsonlIndex[] = []

  constructor(folder: string, files: readonly { readonly table: Table; readonly path: string }[]) {
    this.name = `jsonl:${folder}`
    this.#files = files
  }

  async check(): Promise<void> {
    for (const { table, path } of this.#files) {
      const file = await open(path).catch((error: unknown) => {
        throw new Failure(`the file ${path} cannot be read (${codeOf(error)})`, { cause: error })
      })
      try {
        this.#indexes = [...this.#indexes, await JsonlIndex.read(table, path, file)]
      } catch (error) {
        await file.close()
        throw error
      }
    }
  }

  counts(): Promise<RowCounts> {
    return Promise.resolve({
      rows: new Map(this.#indexes.map((index) => [index.table.name, index.size])),
      isExact: true,
    })
  }

  range(): Promise<IndexRange | undefined> {
    let range: IndexRange | undefined
    for (const index of this.#indexes) {
      for (const key of index.keys()) {
        range = { first: Math.min(key, range?.first ?? key), last: Math.max(key, range?.last ?? key) }
      }
    }
    return Promise.resolve(range)
  }

  async *inOrder(): AsyncGenerator<readonly IndexedRows[]> {
    const keys = new Set<number>()
    for (const index of this.#indexes) for (const key of index.keys()) keys.add(key)
    const sorted = Float64Array.from(keys).toSorted()
    for (let from = 0; from < sorted.length; from += pagePosts) {
      const indexes = [...sorted.subarray(from, from + pagePosts)]
      const posts = await this.at(indexes)
      yield indexes.map((index) => ({ index, rows: posts.get(index) ?? {} }))
    }
  }

  async at(indexes: readonly number[]): Promise<ReadonlyMap<number, PostRows>> {
    const wanted = [...new Set(indexes)]
    const posts = new Map<number, Record<string, Row>>()
    for (const index of this.#indexes) {
      for (const row of await index.rows(wanted)) {
        const key = Number(row[index.table.key])
        const post = posts.get(key)
        if (post === undefined) posts.set(key, { [index.table.name]: row })
        else post[index.table.name] = row
      }
    }
    return posts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#indexes.map((index) => index.close()))
  }
}
