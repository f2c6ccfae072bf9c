/**
 * A store that fails in every way that S3 does (F7–F10), while two consumers store what flows: errors of its own, answers
 * that are lost, bodies that are damaged on their way, sessions that end, an outage of minutes.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet, Member } from './fleet.ts'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { S3Proxy, type S3Fault } from './s3-proxy.ts'

export type S3FaultsOptions = Pick<GroundOptions, 'bundle' | 'seed' | 'brokers'> & {
  readonly s3: NonNullable<GroundOptions['s3']> & Parameters<typeof S3Proxy.start>[0]
  /** Each fault of a phase happens at least so often. */
  readonly least: number
  /** Of the outage in which nothing works. */
  readonly outageMs: number
}

/** What they had to do with, and used at most. */
export type MemoryUse = {
  readonly limitBytes: number
  readonly peakBytes: number
  readonly peakRssBytes: number
}

const consumers = 2
const limitBytes = 8 * 1024 * 1024
const outage: readonly S3Fault[] = ['S3 500', 'S3 502', 'S3 503']
/** One kind at a time, and how many of the requests meet it. */
const phases: readonly (readonly [readonly S3Fault[], number])[] = [
  [outage, 0.01],
  [outage, 0.1],
  [['S3 409', 'answer lost'], 0.2],
  [['upload cut', 'upload flipped'], 0.2],
  [['answer cut'], 0.3],
  [['session expired'], 0.2],
  [['clock skewed'], 0.2],
  [['no answer'], 0.01],
]

export async function s3Faults(options: S3FaultsOptions): Promise<Outcome & { readonly memory: MemoryUse }> {
  const { s3, seed, least, outageMs } = options
  await using proxy = await S3Proxy.start(s3, seed)
  await using ground = await ProvingGround.open({
    ...options,
    scenario: 's3-faults',
    partitions: 8,
    args: ['--max-age', '100ms', '--memory', `${limitBytes}B`],
  })
  const fleet = ground.fleet({ env: proxy.env })
  const load = ground.load({ poison: 0.05 })
  const sampler = await ground.sample()
  load.start(50)
  for (let i = 0; i < consumers; i++) fleet.join()
  // oxlint-disable no-await-in-loop -- one phase after the other
  for (const [faults, share] of phases) {
    const before = proxy.faults
    proxy.inject(faults, share)
    const wanted = share < 0.1 ? 1 : least
    const isOver = (): boolean =>
      faults.every((fault) => (proxy.faults[fault] ?? 0) - (before[fault] ?? 0) >= wanted)
    // Little is read but by those that begin.
    const kills = faults.includes('answer cut') ? killing(fleet, isOver) : undefined
    await until(isOver)
    await kills
  }
  // oxlint-enable no-await-in-loop
  proxy.inject(outage, 1)
  const flood = ground.load({ batch: 1_000 })
  await Promise.all([flood.send(150), sleep(outageMs)])
  const peakRssBytes = Math.max(...(await Promise.all(fleet.members.map(({ pid }) => peakRssOf(pid)))))
  const worstRecoveryMs = await recovery(proxy)
  await load.stop()
  await fleet.leave()
  await sampler.stop()
  await ground.storeAll(fleet)
  const outcome = await ground.conclude([fleet], proxy.faults, { worstRecoveryMs })
  return { ...outcome, memory: { limitBytes, peakBytes: peakOf(fleet), peakRssBytes } }
}

async function killing(fleet: Fleet, isOver: () => boolean): Promise<void> {
  // oxlint-disable no-await-in-loop -- one after the other
  while (!isOver()) {
    const [member] = fleet.members
    const before = assignmentsOf(member)
    await member?.kill()
    // A store that has never answered is given up soon: it has to be back before the next phase.
    await until(() => assignmentsOf(member) > before)
  }
  // oxlint-enable no-await-in-loop
}

function assignmentsOf(member: Member | undefined): number {
  return member?.output.split('partitions assigned').length ?? 0
}

/** All is well again: how long until the first object is stored. */
async function recovery(proxy: S3Proxy): Promise<number> {
  const before = proxy.stored
  const endedAt = performance.now()
  proxy.inject()
  await until(() => proxy.stored > before)
  return performance.now() - endedAt
}

async function until(isSo: () => boolean): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one look after the other
  while (!isSo()) await sleep(20)
}

/** Linux only; 0 elsewhere. */
async function peakRssOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
}

/** Of the budget of memory, as the summaries of all consumers say. */
function peakOf(fleet: Fleet): number {
  const peaks = [...fleet.output.matchAll(/"peakMemoryBytes":(\d+)/g)].map(([, bytes]) => Number(bytes))
  return Math.max(...peaks)
}
