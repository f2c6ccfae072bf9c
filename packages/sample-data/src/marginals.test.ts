import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blockPosts } from './categories.ts'
import { flatRow, type FlatRow } from './flat-row.test-data.ts'
import { samplePosts } from './generator.ts'

// Compares the generator with the known fifth of the real table, column by column. Shares are compared by the two-sample
// z statistic. The seeds are fixed, so a test that passes once passes always.

/** About 60 comparisons are made: if all true shares were equal, one run of ours in 20 would have gone beyond this. */
const zBound = 3.4

const shared = process.env['SHARED'] ?? join(import.meta.dirname, '../../../../shared')
const folder = join(shared, 'data/pinterest')

const isError = (row: FlatRow): boolean => row.poster_name === 'User Info Error'
const isStory = (row: FlatRow): boolean => row.is_image_or_video.startsWith('multi')
const stories = (rows: readonly FlatRow[]): FlatRow[] => rows.filter((row) => isStory(row) && !isError(row))
const isAscii = (text: string): boolean => new TextEncoder().encode(text).length === text.length
const isClean = (row: FlatRow): boolean => isAscii(row.title + row.poster_name + row.tag_list)
const texts = (row: FlatRow): string =>
  [row.title, row.description, row.poster_name, row.tag_list].join('\u0000')
const lacksTags = (row: FlatRow): boolean => row.tag_list.startsWith('N,o, ,T,a,g,s')

const isAlone = (posts: readonly FlatRow[]): boolean => posts.length === 1
const isSeveral = (posts: readonly FlatRow[]): boolean => posts.length > 1
const isSpread = (posts: readonly FlatRow[]): boolean => new Set(posts.map((row) => row.category)).size > 1
const groups = (rows: readonly FlatRow[]): FlatRow[][] => [
  ...Map.groupBy(rows, (row) => row.poster_name).values(),
]
const shape = (row: FlatRow | undefined): string[] =>
  Object.entries(row ?? {}).map(([name, value]) => `${name} ${typeof value}`)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const read = (name: string): Record<string, unknown>[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe.skipIf(!existsSync(folder))(
  'against the real rows (skipped without ../shared/data beside the checkout)',
  () => {
    const real = existsSync(folder) ? realRows() : []
    const known = new Set(real.map((row) => row.index))
    const generated = [1, 2, 3].map((seed) => [...samplePosts({ seed, posts: blockPosts })].map(flatRow))
    const all = generated.flat()
    /** The same posts that are known of the real table: a poster has as few of its posts here as there. */
    const samples = generated.map((rows) => rows.filter((row) => known.has(row.index)))

    test.each<[string, (row: FlatRow) => boolean]>([
      ['image', (row) => row.is_image_or_video === 'image'],
      ['video', (row) => row.is_image_or_video === 'video'],
      ['story', isStory],
      ['title placeholder', (row) => row.title === 'No Title Data Available'],
      ['description placeholder', (row) => row.description === 'No description available'],
      ['poster placeholder', isError],
      ['tag placeholder', lacksTags],
      ['tag placeholder without error', (row) => lacksTags(row) && !isError(row)],
      ['image placeholder', (row) => row.image_src === 'Image src error.'],
      ['image placeholder of a story without error', (row) => row.downloaded === 0 && !isError(row)],
      ['cut description', (row) => row.description.endsWith('…\u00a0')],
      ['title beyond ASCII', (row) => !isAscii(row.title)],
      [
        'description beyond ASCII, ellipsis and no-break space aside',
        (row) => !isAscii(row.description.replaceAll(/[…\u00a0]/g, '')),
      ],
      ['tags beyond ASCII', (row) => !isAscii(row.tag_list)],
      ['ASCII in title, poster and tags', isClean],
      ['4-byte character', (row) => /[\u{10000}-\u{10ffff}]/u.test(texts(row))],
      ['newline in a title', (row) => row.title.includes('\n')],
      ['edge blank in a title', (row) => row.title !== row.title.trim()],
      ['double blank in a title', (row) => row.title.includes('  ')],
      ['no-break space in a title', (row) => row.title.includes('\u00a0')],
      ['quotation mark in a title', (row) => row.title.includes('"')],
      ['empty title', (row) => row.title === ''],
      ['png', (row) => row.image_src.endsWith('.png')],
      ['webp', (row) => row.image_src.endsWith('.webp')],
      [
        'coordinate of less than six digits',
        (row) => String(Math.abs(row.longitude)).replace('.', '').length < 6,
      ],
    ])('share of posts: %s', (_, predicate) => {
      expect(Math.abs(z(real, all, predicate))).toBeLessThan(zBound)
    })

    test('share of stories that lost their picture but not everything', () => {
      expect(Math.abs(z(stories(real), stories(all), (row) => row.downloaded === 0))).toBeLessThan(zBound)
    })

    // Posters, not posts: one heavy poster would decide about a share of posts.
    test.each<[string, (row: FlatRow) => boolean]>([
      ['followers in thousands', (row) => row.follower_count.endsWith('k')],
      ['followers in millions', (row) => row.follower_count.endsWith('M')],
      ['followers in full', (row) => /\d$/.test(row.follower_count)],
      ['name beyond ASCII', (row) => !isAscii(row.poster_name)],
      ['name with an edge blank', (row) => row.poster_name !== row.poster_name.trim()],
      ['long name', (row) => row.poster_name.length > 40],
    ])('share of posters: %s', (_, predicate) => {
      expect(Math.abs(z(onePerPoster(real), samples.flatMap(onePerPoster), predicate))).toBeLessThan(zBound)
    })

    test.each<[keyof FlatRow, number]>([
      ['title', 199],
      ['description', 201],
      ['poster_name', 114],
      ['tag_list', 254],
      ['image_src', 102],
    ])(
      '%s is at most %d characters long, comes near that, and has the quartiles of the real one',
      (column, longest) => {
        const lengths = (rows: readonly FlatRow[]): number[] =>
          rows.map((row) => String(row[column]).length).toSorted((a, b) => a - b)
        const [a, b] = [lengths(real), lengths(all)]
        expect(b.at(-1)).toBeLessThanOrEqual(longest)
        expect(b.at(-1)).toBeGreaterThanOrEqual(longest - 5)
        for (const share of [0.25, 0.5, 0.75, 0.95]) {
          const [wanted, found] = [quantile(a, share), quantile(b, share)]
          expect(Math.abs(found - wanted)).toBeLessThanOrEqual(Math.max(6, wanted * 0.15))
        }
      },
    )

    test('posters have as many of the known posts as the real ones', () => {
      const [realGroups, sampleGroups] = [groups(real), samples.map(groups)]
      expect(Math.abs(z(realGroups, sampleGroups.flat(), isAlone))).toBeLessThan(zBound)
      for (const sample of sampleGroups) {
        expect(Math.abs(sample.length / realGroups.length - 1)).toBeLessThan(0.1)
        const largest = Math.max(...sample.map((rows) => rows.length))
        expect(largest).toBeGreaterThan(25)
        expect(largest).toBeLessThan(80)
      }
      expect(
        Math.abs(z(realGroups.filter(isSeveral), sampleGroups.flat().filter(isSeveral), isSpread)),
      ).toBeLessThan(zBound)
    })

    test.each([
      [1, 1],
      [2, 2],
      [3, 6],
      [7, 999],
    ])(
      'posters of %d to %d known posts have the ages, places and country initials of the real ones',
      (low, high) => {
        const people = (rows: readonly FlatRow[]): FlatRow[] =>
          [...Map.groupBy(rows, (row) => row.poster_name).values()]
            .filter((posts) => posts.length >= low && posts.length <= high)
            .flatMap((posts) => posts.slice(0, 1))
        const [a, b] = [people(real), samples.flatMap(people)]
        expect(a.length).toBeGreaterThan(20)
        for (const column of ['age', 'latitude', 'longitude'] as const) {
          expect(
            Math.abs(
              zOfMeans(
                a.map((row) => row[column]),
                b.map((row) => row[column]),
              ),
            ),
          ).toBeLessThan(zBound)
        }
        for (const last of ['A', 'C', 'M']) {
          expect(Math.abs(z(a, b, (row) => row.country.slice(0, 1) <= last))).toBeLessThan(zBound)
        }
        expect(Math.abs(z(a, b, (row) => row.date_joined < '2016-03'))).toBeLessThan(zBound)
      },
    )

    test('the category of every known index is the real one', () => {
      const categoryAt = new Map(samples[0]?.map((row) => [row.index, row.category]))
      expect(real.filter((row) => categoryAt.get(row.index) !== row.category)).toEqual([])
    })

    test('the columns have the same types and the same order', () => {
      expect(shape(all[0])).toEqual(shape(real[0]))
    })

    test('no text of a real row is in the project', () => {
      const own = new Set(all.flatMap((row) => [row.title, row.poster_name, row.tag_list]))
      const copied = real
        .flatMap((row) => [row.title, row.poster_name, row.tag_list])
        .filter((text) => own.has(text))
      // Up to 34 characters are placeholders, and three or four words that meet by chance: `Easy Christmas Tips`.
      expect(copied.filter((text) => text.length > 34)).toEqual([])
    })
  },
)

function realRows(): FlatRow[] {
  const places = new Map(read('geo.jsonl').map((row) => [row['ind'], row]))
  const users = new Map(read('user.jsonl').map((row) => [row['ind'], row]))
  return read('pin.jsonl').flatMap((row) => {
    const [place, user] = [places.get(row['index']), users.get(row['index'])]
    if (place === undefined || user === undefined) return []
    return [flatRow({ index: Number(row['index']), rows: { row, place, user } })]
  })
}

/** The two-sample z statistic of a share; 0 if nobody has it. */
function z<T>(a: readonly T[], b: readonly T[], predicate: (item: T) => boolean): number {
  const [x, y] = [a.filter(predicate).length, b.filter(predicate).length]
  const pooled = (x + y) / (a.length + b.length)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.length + 1 / b.length))
  return error === 0 ? 0 : (x / a.length - y / b.length) / error
}

function zOfMeans(a: readonly number[], b: readonly number[]): number {
  const variance = (values: readonly number[], around: number): number =>
    mean(values.map((value) => (value - around) ** 2))
  const [one, other] = [mean(a), mean(b)]
  return (one - other) / Math.sqrt(variance(a, one) / a.length + variance(b, other) / b.length)
}

function onePerPoster(rows: readonly FlatRow[]): FlatRow[] {
  return [...Map.groupBy(rows, (row) => row.poster_name).values()].flatMap((posts) => posts.slice(0, 1))
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? 0
}
