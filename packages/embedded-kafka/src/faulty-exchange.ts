/** Carries out a request with the faults that were ordered for it. */

import { type Exchange, type Reply, type RequestContext } from './api/api.ts'
import { type Clock } from './clock.ts'
import { errorCode } from './error-codes.ts'
import { type ActiveFault, type Moment } from './fault-rules.ts'

export async function exchangeWithFaults(
  exchange: Exchange,
  context: RequestContext,
  faults: readonly ActiveFault[],
): Promise<Reply> {
  const early = await happenAt('before', exchange, faults, context)
  if (early !== undefined) return early
  const reply = await exchange.handle(context)
  const instead = await happenAt('after', exchange, faults, context)
  if (instead !== undefined) return instead
  const throttleMs = faults.reduce(
    (sum, { action }) => (action.kind === 'throttle' ? sum + action.ms : sum),
    0,
  )
  if (throttleMs === 0 || typeof reply !== 'function') return reply
  return (body) => reply(body, throttleMs)
}

/** @returns what is answered instead of the truth */
async function happenAt(
  moment: Moment,
  exchange: Exchange,
  faults: readonly ActiveFault[],
  { cluster: { clock }, login }: RequestContext,
): Promise<Reply> {
  for (const { action, released } of faults) {
    if (action.kind === 'throttle' || (action.at ?? 'before') !== moment) continue
    switch (action.kind) {
      case 'answer':
        login.refused()
        return exchange.refuse(errorCode[action.code], action.message)
      case 'hang-up':
        return 'hang-up'
      case 'delay':
        await pause(clock, action.ms)
        break
      case 'hold':
        await released
        break
      case 'run':
        await action.run()
        break
    }
  }
  return undefined
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve)
  })
}
