/** The values of settings that only the producer has: where posts come from, where they go, what happens to bad rows. */

import { BadValue, types } from '@pinpipe/service/settings'
import { type MysqlAddress, parseMysqlUrl } from './mysql-address.ts'

export type SourceAddress =
  | { readonly kind: 'mysql'; readonly address: MysqlAddress }
  | { readonly kind: 'generate'; readonly posts: number }
  | { readonly kind: 'jsonl'; readonly folder: string }

export type OutAddress =
  | { readonly kind: 'kafka' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'dir'; readonly folder: string }

export type OnInvalid =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'dead'; readonly file: string }

/** Indexes travel as MySQL INT, so there are no more posts than that. */
const mostPosts = 2 ** 31

export const sourceType = types.custom<SourceAddress>({
  takes: 'SOURCE',
  parse: (text) => {
    if (/^mysql:\/\//i.test(text)) return { kind: 'mysql', address: parseMysqlUrl(text) }
    if (text.startsWith('generate:'))
      return { kind: 'generate', posts: postsOf(text.slice('generate:'.length)) }
    const folder = afterPrefix(text, 'jsonl:')
    if (folder !== undefined) return { kind: 'jsonl', folder }
    throw new BadValue('is not mysql://user@host:port/database, generate:<posts> or jsonl:<folder>')
  },
  show: (source) => {
    if (source.kind === 'generate') return `generate:${source.posts}`
    if (source.kind === 'jsonl') return `jsonl:${source.folder}`
    const { user, host, port, database } = source.address
    return `mysql://${user}@${host}:${port}/${database}`
  },
})

export const outType = types.custom<OutAddress>({
  takes: 'kafka|stdout|dir:PATH',
  parse: (text) => {
    if (text === 'kafka' || text === 'stdout') return { kind: text }
    const folder = afterPrefix(text, 'dir:')
    if (folder !== undefined) return { kind: 'dir', folder }
    throw new BadValue('is not kafka, stdout or dir:<path>')
  },
  show: (out) => (out.kind === 'dir' ? `dir:${out.folder}` : out.kind),
})

export const onInvalidType = types.custom<OnInvalid>({
  takes: 'fail|skip|dead:FILE',
  parse: (text) => {
    if (text === 'fail' || text === 'skip') return { kind: text }
    const file = afterPrefix(text, 'dead:')
    if (file !== undefined) return { kind: 'dead', file }
    throw new BadValue('is not fail, skip or dead:<file>')
  },
  show: (policy) => (policy.kind === 'dead' ? `dead:${policy.file}` : policy.kind),
})

function postsOf(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new BadValue('names no whole number of posts, such as generate:1000')
  const posts = Number(text)
  if (posts > mostPosts) throw new BadValue(`asks for too many posts: at most ${mostPosts}`)
  return posts
}

function afterPrefix(text: string, prefix: string): string | undefined {
  if (!text.startsWith(prefix)) return undefined
  const rest = text.slice(prefix.length)
  if (rest === '') throw new BadValue(`names no path after ${prefix}`)
  return rest
}
