/**
 * Rule R5: a store that does not create objects exclusively is refused before anything is read. Some servers that speak
 * S3 ignore `If-None-Match`, or let two writers win at once; with them a restart could silently replace data.
 *
 * A race needs a key that is new, and nobody here may delete: so it is run once a UTC day, and the object that says it was
 * passed is written after it. A store that failed has none, and is raced again at each start. Every start, passed or not,
 * sees that the object of the day cannot be created again.
 */
import { randomUUID } from 'node:crypto'
import { Failure } from '@pinpipe/service/failure'
import { createDocument } from './create-document.ts'
import type { Store } from './store.ts'

/** Enough that a store which looks first and writes then is caught. */
const racers = 8

/** Throws a Failure (refused) that names the store and what it did. */
export async function probeStore(store: Store, wallMs: number = Date.now()): Promise<void> {
  const day = `_chain/probe/${new Date(wallMs).toISOString().slice(0, 10)}`
  const passed = `${day}.json`
  // A GET: unlike HEAD, it names what is wrong with bucket or credentials.
  if ((await store.read(passed)) === undefined) {
    await race(store, `${day}/${randomUUID()}.json`)
    await createDocument(store, passed, bytesOf('passed'))
  }
  if ((await createDocument(store, passed, bytesOf('passed'))) === 'created') {
    throw refused(store, `it created ${passed} again, which was there`)
  }
}

/** All write something else at once: one creates, and what it wrote is there. */
async function race(store: Store, key: string): Promise<void> {
  const writers = Array.from({ length: racers }, () => randomUUID())
  const outcomes = await Promise.all(writers.map((writer) => createDocument(store, key, bytesOf(writer))))
  const winners = writers.filter((_, i) => outcomes[i] !== 'different')
  const [winner] = winners
  if (winner === undefined || winners.length > 1) {
    throw refused(store, `of ${racers} create-only writes of ${key} at once, ${winners.length} won`)
  }
  if ((await store.read(key))?.equals(bytesOf(winner)) !== true) {
    throw refused(store, `${key} does not hold what the one that created it wrote`)
  }
}

function bytesOf(writer: string): Buffer {
  const about = 'Written by pinpipe to see that this store creates objects exclusively.'
  return Buffer.from(JSON.stringify({ about, writer }))
}

function refused({ name }: Store, what: string): Failure {
  return new Failure(
    `${name} does not create objects exclusively (${what}); data could be replaced silently there, so the consumer does not write to it: ` +
      'use a store that honours If-None-Match',
    { exit: 'refused' },
  )
}
