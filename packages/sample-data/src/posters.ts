import { countries } from './countries.ts'
import { Draws, keyFor, permute } from './draws.ts'
import { firstNames, lastNames } from './names.ts'
import { errorPoster, posterOf, postsOfPoster } from './poster-layout.ts'
import { posterNameOf } from './texts.ts'

/** The account behind a post: one poster is one user at one place. */
export type Poster = {
  /** All posts of this account were lost to errors; it has only placeholders. */
  readonly isError: boolean
  readonly name: string
  readonly followers: string
  readonly firstName: string
  readonly lastName: string
  readonly age: number
  readonly joinedMs: number
  readonly latitude: number
  readonly longitude: number
  readonly country: string
}

const purposes = { poster: 21, name: 22 }
const placeholder = 'User Info Error'
const firstJoinedMs = Date.UTC(2015, 9, 21)
const joinedSeconds = (Date.UTC(2017, 9, 21) - firstJoinedMs) / 1000

/**
 * The poster of a post. Every column of a user or a place is the smallest of uniform draws, one for each post the
 * poster made: the more somebody posts, the younger they are and the nearer to A their country is, as in the real tables.
 */
export function posterAt(seed: number, index: number): Poster {
  const { poster, block } = posterOf(seed, index)
  const isError = poster === errorPoster
  // The error poster is the same one in every block, as its name is.
  const number = isError ? errorPoster : block * postsOfPoster.length + poster
  const posts = postsOfPoster[poster] ?? 1
  const draws = new Draws(seed, purposes.poster, number)
  const smallest = (): number => draws.smallestOf(posts)
  const firstName = pickAt(firstNames, smallest())
  const lastName = pickAt(lastNames, smallest())
  return {
    isError,
    firstName,
    lastName,
    age: 20 + Math.floor(smallest() * 41),
    joinedMs: firstJoinedMs + Math.floor(smallest() * joinedSeconds) * 1000,
    latitude: floatText(smallest() * 180 - 90),
    longitude: floatText(smallest() * 360 - 180),
    country: pickAt(countries, smallest()),
    followers: isError ? placeholder : followersOf(draws, posts),
    name: isError ? placeholder : posterNameOf(draws, ownName(seed, number), draws.pick(firstNames)),
  }
}

/** Six significant digits and at most six decimals: what a MySQL FLOAT prints, so the value survives the database. */
function floatText(value: number): number {
  const size = Math.abs(value)
  const scale = size >= 100 ? 1e3 : size >= 10 ? 1e4 : size >= 1 ? 1e5 : 1e6
  // Adding 0 turns -0 into 0.
  return Math.round(value * scale) / scale + 0
}

/** `17`, `4k` or `2M`. Who posts much has more followers. */
function followersOf(draws: Draws, posts: number): string {
  const luck = draws.fraction()
  if (posts >= 13)
    return luck < 0.28
      ? `${1 + draws.below(9)}M`
      : luck < 0.83
        ? `${100 + draws.below(900)}k`
        : `${10 + draws.below(90)}k`
  if (luck < 0.327) return `${10 + draws.below(90)}k`
  if (luck < 0.546) return `${1 + draws.below(9)}k`
  if (luck < 0.735) return `${100 + draws.below(900)}k`
  if (luck < 0.87) return `${100 + draws.below(900)}`
  if (luck < 0.932) return `${10 + draws.below(90)}`
  if (luck < 0.967) return `${draws.below(10)}`
  return luck < 0.999 ? `${1 + draws.below(9)}M` : `${10 + draws.below(20)}M`
}

const consonants = 'bdfgklmnprstvzjh'
const vowels = 'aeio'
/** Three syllables of two letters, 64 each: 2¹⁸ names. */
const ownNames = 2 ** 18

/** A made-up word that no other poster of the seed has. */
function ownName(seed: number, number: number): string {
  let code = permute(number % ownNames, ownNames, keyFor(seed, purposes.name, 0))
  let name = ''
  for (let syllable = 0; syllable < 3; syllable++) {
    name += `${consonants[code & 15] ?? ''}${vowels[(code >> 4) & 3] ?? ''}`
    code >>= 6
  }
  const word = name.charAt(0).toUpperCase() + name.slice(1)
  // Past 2¹⁸ posters (about half a million posts) the words begin again, with a number.
  return number < ownNames ? word : `${word}${Math.floor(number / ownNames) + 1}`
}

/** The element at a fraction of a sorted list. */
function pickAt(sorted: readonly string[], fraction: number): string {
  return sorted[Math.floor(fraction * sorted.length)] ?? ''
}
