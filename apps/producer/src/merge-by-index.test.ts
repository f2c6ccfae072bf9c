import { catalogue } from '@pinpipe/schema/catalogue'
import { type Row, type Table } from '@pinpipe/schema/table'
import { assert, asyncProperty, integer, tuple, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeByIndex, type RowPages } from './merge-by-index.ts'
import { type IndexedRows } from './post.ts'

function pagesOf(table: Table, keys: readonly number[], pageSize: number): RowPages {
  const rows: Row[] = keys.toSorted((a, b) => a - b).map((key) => ({ [table.key]: key }))
  let from = 0
  return {
    table,
    next: () => {
      from += pageSize
      return Promise.resolve(rows.slice(from - pageSize, from))
    },
  }
}

async function merged(keys: readonly (readonly number[])[], pageSize: number): Promise<IndexedRows[]> {
  const posts: IndexedRows[] = []
  const pages = catalogue.map((table, n) => pagesOf(table, keys[n] ?? [], pageSize))
  for await (const page of mergeByIndex(pages, 4)) posts.push(...page)
  return posts
}

describe('mergeByIndex', () => {
  it('gives each index of any table once, in order, with exactly the rows that have it', async () => {
    const keys = uniqueArray(integer({ min: -50, max: 50 }))
    await assert(
      asyncProperty(tuple(keys, keys, keys), integer({ min: 1, max: 7 }), async (tables, pageSize) => {
        const posts = await merged(tables, pageSize)
        const expected = [...new Set(tables.flat())].toSorted((a, b) => a - b)
        expect(posts.map((post) => post.index)).toEqual(expected)
        for (const { index, rows } of posts) {
          const names = catalogue.filter((_, n) => tables[n]?.includes(index)).map((table) => table.name)
          expect(Object.keys(rows).toSorted()).toEqual(names.toSorted())
        }
      }),
      { numRuns: 50 },
    )
  })

  it('takes tables without rows', async () => {
    expect(await merged([[], [], []], 3)).toEqual([])
  })

  it('stops at a key that is no exact number instead of losing the rest', async () => {
    const [table] = catalogue
    const pages: RowPages = {
      table: table!,
      next: () => Promise.resolve([{ [table!.key]: '9007199254740993' }]),
    }
    await expect(mergeByIndex([pages], 4).next()).rejects.toThrow('pinterest_data.index')
  })
})
