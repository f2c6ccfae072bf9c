/** The path of a row through the producer, in one place: read → validate → encode → send. */

import { setImmediate } from 'node:timers/promises'
import { type DeadRows } from './dead-rows.ts'
import { type Output } from './output.ts'
import { type Pacer } from './pacer.ts'
import { type PostGate } from './post-gate.ts'
import { type Reading, readPosts } from './read-posts.ts'
import { type RecordEncoder } from './record-encoder.ts'
import { type Source } from './source.ts'
import { type Tally } from './tally.ts'

export type Pipeline = {
  readonly source: Source
  readonly reading: Reading
  readonly pacer: Pacer | undefined
  readonly gate: PostGate
  readonly deadRows: DeadRows | undefined
  readonly encoder: RecordEncoder
  readonly output: Output
  readonly tally: Tally
}

/**
 * Moves posts until the source ends, the limit is reached or `reading.stop` is aborted. Whatever happens, it returns
 * only when everything that was taken is acknowledged or counted as failed. Throws the first Failure of any step.
 */
export async function movePosts(pipeline: Pipeline): Promise<void> {
  const { output } = pipeline
  try {
    await moveUntilEnd(pipeline)
  } catch (error) {
    // The flush counts what is under way; its own failure, if there is one, is the one that is thrown already.
    await output.flush().catch(() => undefined)
    throw error
  }
  await output.flush()
}

async function moveUntilEnd({
  source,
  reading,
  pacer,
  gate,
  deadRows,
  encoder,
  output,
  tally,
}: Pipeline): Promise<void> {
  const read = readPosts(source, reading)
  const due = pacer === undefined ? read : pacer.pace(read, reading.stop)
  for await (const posts of due) {
    const { posts: admitted, rejected, failure } = gate.admit(posts)
    await deadRows?.append(rejected)
    const records = encoder.encode(admitted)
    tally.posts += admitted.length
    tally.records += records.length
    await output.write(records)
    if (failure !== undefined) throw failure
    // Signals, sockets and timers get their turn, even if neither the source nor the sink ever waits.
    await setImmediate()
  }
}
