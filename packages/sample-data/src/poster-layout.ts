import { blockPosts, categories, categoryOf } from './categories.ts'
import { keyFor, permute } from './draws.ts'

// Which poster made which post. Per block of 11,154 posts: a long tail of posters (most made one post, one made 235), and
// for each category a range of the block. A third of the posters with several posts post anywhere, the others in one
// category. The layout is the same for every seed and block; which of a category's posts are whose is a shuffle of it that
// depends on both.

/** Posters of a block by their number of posts. Fitted so that a fifth of the block looks like the known fifth of the real one. */
const tail: readonly (readonly [posts: number, posters: number])[] = [
  [235, 1],
  [133, 1],
  [113, 1],
  [89, 3],
  [70, 3],
  [55, 4],
  [42, 4],
  [30, 7],
  [23, 10],
  [17, 13],
  [13, 20],
  [10, 32],
  [8, 36],
  [7, 50],
  [6, 75],
  [5, 115],
  [4, 190],
  [3, 400],
  [2, 900],
]

const tailSizes = tail.flatMap(([posts, posters]) => Array.from({ length: posters }, () => posts))
const tailPosts = tailSizes.reduce((sum, posts) => sum + posts, 0)

/** Posts of each poster of a block; the poster's number is the place in this list. */
export const postsOfPoster: readonly number[] = [
  ...tailSizes,
  ...Array.from({ length: blockPosts - tailPosts }, () => 1),
]

/** The poster whose posts lost everything to errors: 0.8 % of all posts. Anywhere in the block. */
export const errorPoster = 3

const postsAnywhere = (poster: number): boolean =>
  poster === errorPoster || (poster % 3 === 1 && (postsOfPoster[poster] ?? 0) > 1)

const purposes = { category: 1, anywhere: 2 }

type Layout = {
  /** Poster of each post made in a poster's own category, at the category's start. */
  readonly local: Uint16Array
  /** How many places of each category are local; the rest belongs to the pool. */
  readonly localPosts: readonly number[]
  /** Where each category's part of the pool begins. */
  readonly poolStarts: readonly number[]
  /** Poster of each place of the pool. */
  readonly pool: Uint16Array
}

const layout = layOut()

/** The poster of a post: number within the block, and the block. */
export function posterOf(seed: number, index: number): { readonly poster: number; readonly block: number } {
  const block = Math.floor(index / blockPosts)
  const category = categoryOf(index)
  const at = categories.indexOf(category)
  const place = permute(
    (index % blockPosts) - category.start,
    category.end - category.start,
    keyOfBlock(seed, purposes.category, block),
  )
  const localPosts = layout.localPosts[at] ?? 0
  if (place < localPosts) return { poster: layout.local[category.start + place] ?? 0, block }
  const poolPlace = (layout.poolStarts[at] ?? 0) + place - localPosts
  const shuffled = permute(poolPlace, layout.pool.length, keyOfBlock(seed, purposes.anywhere, block))
  return { poster: layout.pool[shuffled] ?? 0, block }
}

function keyOfBlock(seed: number, purpose: number, block: number): number {
  return keyFor(seed, purpose, block)
}

function layOut(): Layout {
  const posters = postsOfPoster.map((_, poster) => poster)
  const pool = Uint16Array.from(posters.filter(postsAnywhere).flatMap(repeated))
  // The pool's share of each category; the remainder goes to the last.
  const poolStarts = categories.map(({ start }) => Math.floor((pool.length * start) / blockPosts))
  const poolEnds = [...poolStarts.slice(1), pool.length]
  const localPosts = categories.map(
    ({ start, end }, at) => end - start - ((poolEnds[at] ?? 0) - (poolStarts[at] ?? 0)),
  )
  const free = [...localPosts]
  const local = new Uint16Array(blockPosts)
  // The largest posters come first and always fit into the emptiest category; posters of one post fill the rest exactly.
  for (const poster of posters.filter((candidate) => !postsAnywhere(candidate))) {
    const at = free.indexOf(Math.max(...free))
    const posts = postsOfPoster[poster] ?? 0
    const end = (categories[at]?.start ?? 0) + (free[at] ?? 0)
    local.fill(poster, end - posts, end)
    free[at] = (free[at] ?? 0) - posts
  }
  return { local, localPosts, poolStarts, pool }
}

function repeated(poster: number): number[] {
  return Array.from({ length: postsOfPoster[poster] ?? 0 }, () => poster)
}
