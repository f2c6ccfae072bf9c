/**
 * Three consumers are killed at random moments while records flow (F1): now and then one that has just come back, or
 * several at once. Ranges are rotated by age, each process with another one between 50 and 500 ms.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { HistorySample } from './check-history.ts'
import { jsonLines } from './json-lines.ts'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom } from './random.ts'
import { worstRecoveryMs } from './recovery-time.ts'

const consumers = 3
const mix = { committed: 0.1, aborted: 0.1, tombstones: 0.03, poison: 0.03 }

export type RandomKills = Pick<GroundOptions, 'bundle' | 'seed' | 's3' | 'brokers' | 'args'> & {
  readonly kills: number
}

export async function randomKills(options: RandomKills): Promise<Outcome> {
  const random = seededRandom(options.seed)
  await using ground = await ProvingGround.open({ ...options, scenario: 'random-kills', partitions: 6 })
  const fleet = ground.fleet({ moreArgs: () => ['--max-age', `${random.integer(50, 500)}ms`] })
  const load = ground.load(mix)
  await using sampler = await ground.sample()
  load.start(50)
  for (let i = 0; i < consumers; i++) fleet.join()
  const killedAtMs: number[] = []
  // oxlint-disable no-await-in-loop -- one moment after the other
  while (killedAtMs.length < options.kills) {
    // Now and then the group has to find together again; else it is hit before it can.
    if (random.chance(0.3)) await ground.hasGrown(Date.now())
    await sleep(random.integer(0, 500))
    const victims = fleet.members.filter(({ pid }) => pid !== undefined)
    const several = random.chance(0.3) ? consumers : 1
    for (const victim of victims.slice(random.integer(0, victims.length - 1)).slice(0, several)) {
      const now = Date.now()
      if (await victim.kill()) killedAtMs.push(now)
    }
  }
  // oxlint-enable no-await-in-loop
  await load.stop()
  await fleet.leave()
  await ground.storeAll(fleet)
  await sampler.stop()
  const samples = jsonLines<HistorySample>(ground.history)
  return await ground.conclude([fleet], {}, { worstRecoveryMs: worstRecoveryMs(samples, killedAtMs) })
}
