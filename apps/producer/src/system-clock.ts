/** The real clock for the pacer. */

import { setTimeout } from 'node:timers/promises'
import { type Clock } from './pacer.ts'

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (delayMs, signal) => {
    // The only way this rejects is the abort, which is no error here: the pacer looks at the signal.
    await setTimeout(delayMs, undefined, { signal }).catch(() => undefined)
  },
}
