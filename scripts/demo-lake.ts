/** Reads the demo's folder as any program could: one JSON value a line, a folder for each topic and partition. */
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { samplePosts } from '@pinpipe/sample-data/generator'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { type Table } from '@pinpipe/schema/table'
import { encodeRow } from '@pinpipe/schema/wire'

/** What lies in the folder of one topic, compared with what was sent to it. */
export type Landed = {
  readonly topic: string
  /** Paths below the lake. */
  readonly files: readonly string[]
  readonly bytes: number
  readonly lines: number
  readonly missing: number
  readonly twice: number
  /** Lines that nobody sent. */
  readonly foreign: number
}

type Sent = { readonly prefix: string; readonly seed: number; readonly posts: number }

export async function landedIn(lake: string, sent: Sent): Promise<readonly Landed[]> {
  return await Promise.all(catalogue.map(async (table) => await landedOf(table, lake, sent)))
}

async function landedOf(table: Table, lake: string, { prefix, seed, posts }: Sent): Promise<Landed> {
  const topic = topicOf(prefix, table)
  const found = new Map<string, number>()
  // The same rows once more: each value as the producer must have sent it.
  for (const { rows } of samplePosts({ seed, posts })) {
    const row = rows[table.name]
    if (row !== undefined) found.set(encodeRow(table, row), 0)
  }
  const files = (await Array.fromAsync(glob(`topics/${topic}/**/*.json`, { cwd: lake }))).toSorted()
  let [bytes, lines, foreign] = [0, 0, 0]
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
    const content = await readFile(join(lake, file), 'utf8')
    bytes += Buffer.byteLength(content)
    for (const line of content.split('\n').slice(0, -1)) {
      lines += 1
      const times = found.get(line)
      if (times === undefined) foreign += 1
      else found.set(line, times + 1)
    }
  }
  const counts = [...found.values()]
  const missing = counts.filter((times) => times === 0).length
  const twice = counts.filter((times) => times > 1).length
  return { topic, files, bytes, lines, missing, twice, foreign }
}
