import type { Post } from './generator.ts'

/** The columns of a post's three rows in one object, for tests that compare across tables. */
export type FlatRow = {
  readonly index: number
  readonly unique_id: string
  readonly title: string
  readonly description: string
  readonly poster_name: string
  readonly follower_count: string
  readonly tag_list: string
  readonly is_image_or_video: string
  readonly image_src: string
  readonly downloaded: number
  readonly save_location: string
  readonly category: string
  readonly timestamp: string
  readonly latitude: number
  readonly longitude: number
  readonly country: string
  readonly first_name: string
  readonly last_name: string
  readonly age: number
  readonly date_joined: string
}

/** The three rows of a post as one object; the post's number, which is in each of them, stands there as `index`. */
export function flatRow(post: Post): FlatRow {
  // Object.assign answers with `any`-like parts only here; the generator test checks each row against its table.
  return Object.assign({}, ...Object.values(post.rows))
}
