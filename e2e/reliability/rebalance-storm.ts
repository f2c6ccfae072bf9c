/** Between one and eight members, another number every moment (F14): some leave in good order, some die. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom } from './random.ts'

const most = 8

export type RebalanceStorm = Pick<GroundOptions, 'bundle' | 'seed' | 's3' | 'brokers'> & {
  /** How often the number of members changes. */
  readonly changes: number
  readonly everyMs: number
}

export async function rebalanceStorm(options: RebalanceStorm): Promise<Outcome> {
  const random = seededRandom(options.seed)
  const args = ['--max-age', '300ms']
  await using ground = await ProvingGround.open({
    ...options,
    scenario: 'rebalance-storm',
    partitions: 12,
    args,
  })
  const fleet = ground.fleet()
  const load = ground.load({ committed: 0.1, aborted: 0.1, poison: 0.03 })
  const sampler = await ground.sample()
  load.start(50)
  let joined = 0
  // oxlint-disable no-await-in-loop -- one change after the other
  for (let change = 0; change < options.changes; change++) {
    const wanted = random.integer(1, most)
    for (; fleet.members.length < wanted; joined++) fleet.join()
    const leaving = fleet.members.slice(wanted)
    await Promise.all([
      sleep(options.everyMs),
      ...leaving.map((member) => (random.chance(0.3) ? member.kill({ forGood: true }) : member.leave())),
    ])
  }
  // oxlint-enable no-await-in-loop
  await load.stop()
  await fleet.leave()
  await sampler.stop()
  await ground.storeAll(fleet)
  return await ground.conclude([fleet], { joined })
}
