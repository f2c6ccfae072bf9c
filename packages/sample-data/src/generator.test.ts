import { catalogue } from '@pinpipe/schema/catalogue'
import { checkRow, encodeRow } from '@pinpipe/schema/wire'
import * as fc from 'fast-check'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { blockPosts, categories } from './categories.ts'
import { countries } from './countries.ts'
import { type Post, samplePost, samplePosts } from './generator.ts'
import { flatRow, type FlatRow } from './flat-row.test-data.ts'

const seeds = fc.maxSafeInteger()
const indexes = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const block: readonly FlatRow[] = [...samplePosts({ seed: 1, posts: blockPosts })].map(flatRow)

const some = (predicate: (row: FlatRow) => boolean): boolean => block.some(predicate)

const bytesOf = (post: Post): string =>
  catalogue.map((table) => encodeRow(table, post.rows[table.name] ?? {})).join('\n')

test('the bytes of a seed never change', () => {
  const hash = createHash('sha256')
  for (const post of samplePosts({ seed: 1, posts: 2000 })) hash.update(bytesOf(post))
  for (const post of samplePosts({ seed: -5, posts: 500, from: 2 ** 31 - 500 })) hash.update(bytesOf(post))
  // A new value here is a change that users see: the same seed would give other rows.
  expect(hash.digest('hex')).toBe('3882f94c6ae8e760b86aeaaf46c15f02b322de32e724443fd11925a33e0da8c4')
})

test('a post does not depend on what was generated before it', () => {
  fc.assert(
    fc.property(seeds, indexes, fc.integer({ min: 1, max: 20 }), (seed, index, posts) => {
      const from = Math.max(0, index - posts)
      const inOrder = [...samplePosts({ seed, posts, from })]
      expect(inOrder.map((post) => post.index)).toEqual(Array.from({ length: posts }, (_, at) => from + at))
      for (const post of inOrder.toReversed()) expect(samplePost(seed, post.index)).toEqual(post)
    }),
    { numRuns: 50 },
  )
})

test('every row passes the check of its table, for any seed and index', () => {
  fc.assert(
    fc.property(seeds, indexes, (seed, index) => {
      const { rows } = samplePost(seed, index)
      for (const table of catalogue)
        expect(checkRow(table, rows[table.name])).toEqual({ ok: true, row: rows[table.name] })
    }),
    { numRuns: 3000 },
  )
})

test('another seed gives other rows', () => {
  fc.assert(
    fc.property(seeds, seeds, indexes, (one, other, index) => {
      fc.pre(one !== other)
      const [a, b] = [flatRow(samplePost(one, index)), flatRow(samplePost(other, index))]
      expect(a.unique_id).not.toBe(b.unique_id)
      expect([a.title, a.timestamp, a.date_joined]).not.toEqual([b.title, b.timestamp, b.date_joined])
    }),
  )
})

test.each([
  [1.5, 0],
  [Number.NaN, 0],
  [2 ** 53, 0],
  [1, -1],
  [1, 0.5],
  [1, 2 ** 31],
  [1, Number.NaN],
])('seed %d with index %d is refused', (seed, index) => {
  expect(() => samplePost(seed, index)).toThrow(RangeError)
})

describe('in the posts of one full table', () => {
  test('the categories stand in order and fill the table', () => {
    expect(categories).toHaveLength(13)
    for (const { name, start, end } of categories) {
      expect(new Set(block.slice(start, end).map((row) => row.category))).toEqual(new Set([name]))
      expect(block[start]?.save_location).toBe(`Local save in /data/${name}`)
    }
    expect(categories.map(({ name }) => name)).toEqual(categories.map(({ name }) => name).toSorted())
  })

  test('one poster is one user at one place', () => {
    const known = new Map<string, string>()
    for (const row of block) {
      const rest = [
        row.first_name,
        row.last_name,
        row.age,
        row.date_joined,
        row.latitude,
        row.longitude,
        row.country,
      ]
      const person = [...rest, row.follower_count].join()
      expect(known.get(row.poster_name) ?? person).toBe(person)
      known.set(row.poster_name, person)
    }
    expect(known.size).toBeGreaterThan(4500)
    expect(new Set(known.values()).size).toBe(known.size)
  })

  test('no two posts share a moment or an identifier, and moments are whole seconds of five years', () => {
    const moments = block.map((row) => row.timestamp)
    expect(new Set(moments).size).toBe(blockPosts)
    expect(new Set(block.map((row) => row.unique_id)).size).toBe(blockPosts)
    expect(moments.every((moment) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(moment))).toBe(true)
    const sorted = moments.toSorted()
    expect(sorted[0]?.slice(0, 7)).toBe('2017-10')
    expect(sorted.at(-1)?.slice(0, 7)).toBe('2022-10')
    expect(sorted[0]! >= '2017-10-19').toBe(true)
    expect(sorted.at(-1)! < '2022-10-20').toBe(true)
  })

  test('a FLOAT column gives the coordinates back as they are', () => {
    for (const { latitude, longitude } of block) {
      for (const value of [latitude, longitude]) {
        const stored = Math.fround(value)
        expect(Number(stored.toPrecision(6))).toBe(value)
        const shortest = [1, 2, 3, 4, 5, 6, 7, 8, 9].find(
          (digits) => Math.fround(Number(stored.toPrecision(digits))) === stored,
        )
        expect(Number(stored.toPrecision(shortest))).toBe(value)
        expect(String(value)).not.toContain('e')
      }
    }
  })

  test('placeholders come together as in the real table', () => {
    for (const row of block) {
      expect(row.description === 'No description available Story format').toBe(
        row.is_image_or_video.startsWith('multi'),
      )
      expect(row.downloaded === 0).toBe(row.image_src === 'Image src error.')
      const isError = row.poster_name === 'User Info Error'
      expect(row.follower_count === 'User Info Error').toBe(isError)
      expect(row.title === 'No Title Data Available').toBe(isError)
      expect(isError && (row.downloaded === 1 || !row.tag_list.startsWith('N,o, ,T,a,g,s'))).toBe(false)
    }
    expect(block.filter((row) => row.poster_name === 'User Info Error')).toHaveLength(89)
  })

  test('every kind of dirt is there', () => {
    expect(some((row) => row.title === '')).toBe(true)
    expect(some((row) => row.title.includes('\n'))).toBe(true)
    expect(some((row) => /^\S.*[^ ] $/.test(row.title))).toBe(true)
    expect(some((row) => row.title.includes('\u00a0'))).toBe(true)
    expect(some((row) => row.title.includes('"'))).toBe(true)
    expect(some((row) => row.description.endsWith('…\u00a0'))).toBe(true)
    expect(some((row) => row.poster_name.startsWith(' '))).toBe(true)
    for (const column of ['title', 'description', 'poster_name'] as const) {
      expect(some((row) => /\p{Extended_Pictographic}|[\u{10000}-\u{10ffff}]/u.test(row[column]))).toBe(true)
    }
  })

  test('whoever posts much is young, joined early and lives near the letter A', () => {
    const byPoster = Map.groupBy(block, (row) => row.poster_name)
    const meanAge = (posts: (count: number) => boolean): number => {
      const ages = [...byPoster.values()].filter((rows) => posts(rows.length)).map((rows) => rows[0]!.age)
      return ages.reduce((sum, age) => sum + age, 0) / ages.length
    }
    // The smallest of k uniform draws from 20 to 60 has the mean 19.5 + 41 / (k + 1), about.
    expect(Math.abs(meanAge((count) => count === 1) - 40)).toBeLessThan(1)
    expect(Math.abs(meanAge((count) => count === 3) - 29.75)).toBeLessThan(2)
    expect(meanAge((count) => count > 30)).toBeLessThan(21)
    const busiest = [...byPoster.values()].toSorted((a, b) => b.length - a.length)[0]!
    expect(busiest).toHaveLength(235)
    expect(busiest[0]!.country.startsWith('A')).toBe(true)
    expect(busiest[0]!.date_joined.slice(0, 4)).toBe('2015')
  })
})

test('there are 243 different countries, in order, with apostrophes and parentheses', () => {
  expect(new Set(countries).size).toBe(243)
  expect(countries.filter((country) => country.includes("'")).length).toBeGreaterThan(1)
  expect(countries.filter((country) => country.includes('(')).length).toBeGreaterThan(4)
  expect([...countries]).toEqual(countries.toSorted())
})
