/**
 * Rule R5: a store that does not create objects exclusively is refused before anything is read. Some servers that speak
 * S3 ignore `If-None-Match`, or let two writers win at once; with them a restart could silently replace data.
 *
 * One object of a fixed key, `_chain/probe.json`: it stays, because nobody here may delete, and there is never a second.
 */
import { Failure } from '@pinpipe/service/failure'
import { Content } from '../content.ts'
import type { CreateOutcome, Store } from './store.ts'

export const probeKey = '_chain/probe.json'

const writersAtOnce = 3
const probeLine = Buffer.from(
  '{"about":"Written by pinpipe to see that this store creates objects exclusively."}',
)

/** Several writers at once, then one more. Throws a Failure (refused) if more than one of them created the object. */
export async function probeStore(store: Store): Promise<void> {
  const race = await Promise.all(Array.from({ length: writersAtOnce }, () => createProbe(store)))
  const outcomes = [...race, await createProbe(store)]
  const created = outcomes.filter((outcome) => outcome === 'created').length
  if (created <= 1) return
  throw new Failure(
    `${store.name} does not create objects exclusively: ${created} of ${outcomes.length} create-only writes of ${probeKey} won; ` +
      'data could be replaced silently there, so the consumer does not write to it: use a store that honours If-None-Match',
    { exit: 'refused' },
  )
}

async function createProbe(store: Store): Promise<CreateOutcome> {
  return store.create({ key: probeKey, body: Content.of(probeLine), digest: undefined, contentType: 'application/json', facts: {} })
}
