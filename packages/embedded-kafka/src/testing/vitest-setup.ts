/** Global setup of the `embedded` project: one broker, in vitest's own process, for all files of `*.kafka.test.ts`. */

import { embeddedStack } from '@pinpipe/local-stack/server-facts'
import { type TestProject } from 'vitest/node'
import { startEmbeddedKafka } from '../embedded-kafka.ts'

/** @returns the teardown @throws AggregateError there, when the broker met a bug of its own */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startEmbeddedKafka()
  project.provide('stack', embeddedStack(broker.bootstrapServers))
  return async () => {
    await broker.close()
    if (broker.internalErrors.length > 0) throw new AggregateError(broker.internalErrors)
  }
}
