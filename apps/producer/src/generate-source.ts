/** Posts that look real, from the seeded generator: for the demo, benchmarks and development. Index 0 … posts-1. */

import { samplePost } from '@pinpipe/sample-data/generator'
import { type Table } from '@pinpipe/schema/table'
import { Failure } from '@pinpipe/service/failure'
import { type IndexRange } from './draws.ts'
import { type IndexedRows, type PostRows } from './post.ts'
import { type RowCounts, type Source } from './source.ts'

/** Rows of one page: small, so that a paced run does not make posts long before they are due. */
const pagePosts = 250

export class GenerateSource implements Source {
  readonly name: string
  readonly #posts: number
  readonly #seed: number
  readonly #tables: readonly Table[]

  constructor(options: { readonly posts: number; readonly seed: number; readonly tables: readonly Table[] }) {
    this.name = `generate:${options.posts}`
    this.#posts = options.posts
    this.#seed = options.seed
    this.#tables = options.tables
  }

  check(): Promise<void> {
    const sample = samplePost(this.#seed, 0).rows
    const unknown = this.#tables
      .filter((table) => sample[table.name] === undefined)
      .map((table) => table.name)
    if (unknown.length === 0) return Promise.resolve()
    return Promise.reject(
      new Failure(
        `the generator makes no rows of ${unknown.join(', ')}: leave the table out with --tables, or take another source`,
      ),
    )
  }

  counts(): Promise<RowCounts> {
    return Promise.resolve({
      rows: new Map(this.#tables.map((table) => [table.name, this.#posts])),
      isExact: true,
    })
  }

  range(): Promise<IndexRange | undefined> {
    return Promise.resolve(this.#posts === 0 ? undefined : { first: 0, last: this.#posts - 1 })
  }

  async *inOrder(): AsyncGenerator<readonly IndexedRows[]> {
    for (let from = 0; from < this.#posts; from += pagePosts) {
      const size = Math.min(pagePosts, this.#posts - from)
      yield await Promise.resolve(Array.from({ length: size }, (_, n) => this.#post(from + n)))
    }
  }

  at(indexes: readonly number[]): Promise<ReadonlyMap<number, PostRows>> {
    const posts = new Map<number, PostRows>()
    for (const index of indexes) {
      if (index >= 0 && index < this.#posts) posts.set(index, this.#post(index).rows)
    }
    return Promise.resolve(posts)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  #post(index: number): IndexedRows {
    return samplePost(this.#seed, index)
  }
}
