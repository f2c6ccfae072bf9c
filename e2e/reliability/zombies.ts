/**
 * Consumers that stop for longer than their session (F4): others take over, then the stopped ones go on where they were.
 * Most stop by themselves, between two steps of the protocol; some are stopped at any moment.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet, Member } from './fleet.ts'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom, type Random } from './random.ts'

const consumers = 3
/** Steps before and after something is written. */
const steps = ['claim', 'claimed', 'file-created', 'before-commit', 'settings-recorded', 'chain-opened']

export type Zombies = Pick<GroundOptions, 'bundle' | 'seed' | 's3' | 'brokers'> & {
  /** How often one stops and goes on. */
  readonly zombies: number
}

export async function zombies(options: Zombies): Promise<Outcome> {
  const random = seededRandom(options.seed)
  await using ground = await ProvingGround.open({
    ...options,
    scenario: 'zombies',
    partitions: 6,
    args: ['--max-age', '200ms'],
  })
  const fleet = ground.fleet()
  const load = ground.load({ committed: 0.1, aborted: 0.1, poison: 0.05 })
  const sampler = await ground.sample()
  load.start(50)
  for (let i = 0; i < consumers; i++) fleet.join({ env: { FAILPOINT: stopsOf(random) } })
  const over = new AbortController()
  const waking = wakeSleepers(fleet, random, over.signal)
  // oxlint-disable no-await-in-loop -- one moment after the other
  while ((fleet.faults['SIGCONT'] ?? 0) < options.zombies) {
    await sleep(random.integer(500, 5_000))
    await random.pick(fleet.members).freeze()
  }
  // oxlint-enable no-await-in-loop
  await load.stop()
  await fleet.leave()
  over.abort()
  await waking
  await sampler.stop()
  await ground.storeAll(fleet)
  return await ground.conclude([fleet], { 'lost claims': fleet.count(/another writer claimed/g) })
}

/** Lets each that stopped go on after its session is over, until nobody is there any more. */
async function wakeSleepers(fleet: Fleet, random: Random, over: AbortSignal): Promise<void> {
  const asleep = new Map<Member, Promise<unknown>>()
  // oxlint-disable no-await-in-loop -- one look after the other
  while (!over.aborted) {
    for (const member of fleet.members) {
      if (asleep.has(member) || !(await member.isFrozen())) continue
      const rest = sleep(random.integer(1_200, 2_500)).then(() => member.thaw())
      asleep.set(
        member,
        rest.finally(() => asleep.delete(member)),
      )
    }
    await sleep(100)
  }
  // oxlint-enable no-await-in-loop
  await Promise.all(asleep.values())
}

/** Where a process stops by itself, again and again: at a drawn step, about every eighth time that it comes there. */
function stopsOf(random: Random): string {
  const stops = Array.from(
    { length: 40 },
    (_, i) => `${random.pick(steps)}:${8 * i + random.integer(1, 8)}:stop`,
  )
  return stops.join(',')
}
