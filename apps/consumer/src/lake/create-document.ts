/** The small JSON objects of the protocol: links, settings, the probe. */
import { Content } from '../content.ts'
import type { CreateOutcome, Store, WriteGuard } from './store.ts'

/** Creates it exclusively, as any object. */
export function createDocument(
  store: Store,
  key: string,
  bytes: Uint8Array,
  guard?: WriteGuard,
): Promise<CreateOutcome> {
  return store.create({
    key,
    body: Content.of(bytes),
    digest: undefined,
    contentType: 'application/json',
    facts: {},
    ...(guard && { guard }),
  })
}
