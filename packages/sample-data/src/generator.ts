import { geolocationData } from '@pinpipe/schema/geolocation-data'
import { pinterestData } from '@pinpipe/schema/pinterest-data'
import type { Row } from '@pinpipe/schema/table'
import { userData } from '@pinpipe/schema/user-data'
import { categoryOf } from './categories.ts'
import { Draws, keyFor, permute } from './draws.ts'
import { type Poster, posterAt } from './posters.ts'
import { descriptionOf, tagListOf, titleOf } from './texts.ts'

/** One post: a row of each table, by the table's name. All three carry the post's index. */
export type Post = { readonly index: number; readonly rows: Readonly<Record<string, Row>> }

const purposes = { post: 11, timestamp: 12 }

/** Posts were made in these five years, in whole seconds, no two in the same. */
const firstPostMs = Date.UTC(2017, 9, 19)
const postSeconds = (Date.UTC(2022, 9, 19) - firstPostMs) / 1000

/** `INT` ends here. */
const largestIndex = 2 ** 31 - 1

/**
 * Post `index` of `seed`, always the same, whatever was generated before. The index is a whole number from 0 to 2³¹ − 1,
 * the seed any safe integer; anything else throws a RangeError. Timestamps are distinct below index 157,766,400.
 */
export function samplePost(seed: number, index: number): Post {
  if (!Number.isSafeInteger(seed)) throw new RangeError('The seed of the sample data must be a whole number.')
  if (!Number.isInteger(index) || index < 0 || index > largestIndex) {
    throw new RangeError(`The index of a sample post must be a whole number from 0 to ${largestIndex}.`)
  }
  const poster = posterAt(seed, index)
  return {
    index,
    rows: {
      [pinterestData.name]: pinterestRow(seed, index, poster),
      [geolocationData.name]: geolocationRow(seed, index, poster),
      [userData.name]: userRow(index, poster),
    },
  }
}

/** `posts` posts in order, from index `from` (0). Throws what {@link samplePost} throws. */
export function* samplePosts(options: {
  readonly seed: number
  readonly posts: number
  readonly from?: number
}): Generator<Post> {
  const from = options.from ?? 0
  for (let index = from; index < from + options.posts; index++) yield samplePost(options.seed, index)
}

type Medium = { readonly kind: string; readonly src: string; readonly isStory: boolean }

function pinterestRow(seed: number, index: number, poster: Poster): Row {
  const draws = new Draws(seed, purposes.post, index)
  const category = categoryOf(index)
  const uniqueId = uuidFrom(draws)
  const medium = mediumOf(draws, poster.isError)
  return {
    index,
    unique_id: uniqueId,
    title: poster.isError ? 'No Title Data Available' : titleOf(draws, category),
    description: descriptionIn(draws, medium, () => descriptionOf(draws, category)),
    poster_name: poster.name,
    follower_count: poster.followers,
    tag_list:
      poster.isError || (medium.isStory ? draws.chance(0.007) : draws.chance(0.0074))
        ? 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e'
        : tagListOf(draws, category),
    is_image_or_video: medium.kind,
    image_src: medium.src,
    downloaded: medium.src === imageError ? 0 : 1,
    save_location: `Local save in /data/${category.name}`,
    category: category.name,
  }
}

const imageError = 'Image src error.'

/** Only stories lose their picture: all of an error poster's, a quarter of the others'. */
function mediumOf(draws: Draws, isError: boolean): Medium {
  const luck = isError ? 0 : draws.fraction()
  if (luck < 0.064) {
    const src =
      isError || draws.chance(0.268)
        ? imageError
        : sourceOf(draws, 'videos/thumbnails/originals', '.0000001.jpg')
    return { kind: 'multi-video(story page format)', src, isStory: true }
  }
  if (luck < 0.0945) {
    return {
      kind: 'video',
      src: sourceOf(draws, 'videos/thumbnails/originals', '.0000001.jpg'),
      isStory: false,
    }
  }
  const format = draws.fraction()
  const ending = format < 0.83 ? '.jpg' : format < 0.993 ? '.png' : format < 0.9985 ? '.webp' : '.gif'
  return { kind: 'image', src: sourceOf(draws, 'originals', ending), isStory: false }
}

function descriptionIn(draws: Draws, medium: Medium, text: () => string): string {
  if (medium.isStory) return 'No description available Story format'
  return draws.chance(0.0158) ? 'No description available' : text()
}

function geolocationRow(seed: number, index: number, poster: Poster): Row {
  const second = permute(index % postSeconds, postSeconds, keyFor(seed, purposes.timestamp, 0))
  return {
    ind: index,
    timestamp: dateTimeAt(firstPostMs + second * 1000),
    latitude: poster.latitude,
    longitude: poster.longitude,
    country: poster.country,
  }
}

function userRow(index: number, poster: Poster): Row {
  return {
    ind: index,
    first_name: poster.firstName,
    last_name: poster.lastName,
    age: poster.age,
    date_joined: dateTimeAt(poster.joinedMs),
  }
}

function dateTimeAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function hex(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}

/** A version 4 UUID (RFC 9562). */
function uuidFrom(draws: Draws): string {
  const [a, b, c, d] = [hex(draws.bits()), hex(draws.bits()), hex(draws.bits()), hex(draws.bits())]
  const variant = '89ab'[draws.below(4)] ?? '8'
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`
}

/** An address under `.example`, which nobody can own (RFC 2606), as long as the real ones. */
function sourceOf(draws: Draws, folder: string, ending: string): string {
  const name = hex(draws.bits()) + hex(draws.bits()) + hex(draws.bits()) + hex(draws.bits())
  return `https://pics.example/${folder}/${name.slice(0, 2)}/${name.slice(2, 4)}/${name.slice(4, 6)}/${name}${ending}`
}
