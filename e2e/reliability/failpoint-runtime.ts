/**
 * What a failpoint does in an instrumented build: bundled into it, before everything else.
 *
 * `FAILPOINT=name:occurrence:action[,…]`: the occurrence counts from 1 in this process, `*` is every one; actions are
 * `kill` (SIGKILL to itself), `stop` (SIGSTOP to itself), `error` (throws), `hang` (never returns) and `delay=<ms>`.
 * What fires is a line of JSON in the file that FAILPOINT_LOG names, written before it happens.
 */
// oxlint-disable no-restricted-globals -- it is part of a process of its own
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export type FiredFailpoint = {
  readonly name: string
  readonly occurrence: number
  readonly action: string
  readonly pid: number
  readonly atMs: number
}

declare global {
  var __failpoint: (name: string) => Promise<void>
}

const { FAILPOINT = '', FAILPOINT_LOG = '' } = process.env
const plans = FAILPOINT.split(',')
  .filter((plan) => plan !== '')
  .map((plan) => {
    const [name = '', occurrence = '', action = ''] = plan.split(':')
    return { name, occurrence, action }
  })
const passed = new Map<string, number>()

globalThis.__failpoint = async (name) => {
  const occurrence = (passed.get(name) ?? 0) + 1
  passed.set(name, occurrence)
  const plan = plans.find((one) => one.name === name && ['*', String(occurrence)].includes(one.occurrence))
  if (plan === undefined) return
  const fired: FiredFailpoint = {
    name,
    occurrence,
    action: plan.action,
    pid: process.pid,
    atMs: Date.now(),
  }
  if (FAILPOINT_LOG !== '') appendFileSync(FAILPOINT_LOG, `${JSON.stringify(fired)}\n`)
  await act(plan.action, name)
}

async function act(action: string, name: string): Promise<void> {
  const [kind, value] = action.split('=')
  switch (kind) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      // Not another step, on whichever thread the signal is taken.
      return blockForever()
    case 'stop':
      process.kill(process.pid, 'SIGSTOP')
      return
    case 'error':
      throw new Error(`the failpoint ${name} throws`)
    case 'hang':
      return new Promise(() => {})
    case 'delay':
      await sleep(Number(value))
      return
    default:
      throw new Error(`FAILPOINT names the action ${action}, which does not exist`)
  }
}

function blockForever(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
