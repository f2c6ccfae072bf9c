/** Two deployments, each with its own group, store one topic in one lake at once (F23), while members of both are killed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom } from './random.ts'

export type TwoDeployments = Pick<GroundOptions, 'bundle' | 'seed' | 's3' | 'brokers'> & {
  readonly kills: number
}

export async function twoDeployments(options: TwoDeployments): Promise<Outcome> {
  const random = seededRandom(options.seed)
  await using ground = await ProvingGround.open({ ...options, scenario: 'two-deployments', partitions: 4 })
  const other = `${ground.group}-other`
  const moreArgs = (): readonly string[] => ['--max-age', `${random.integer(50, 500)}ms`]
  const [first, second] = [ground.fleet({ moreArgs }), ground.fleet({ moreArgs, group: other })]
  const load = ground.load({ committed: 0.1, aborted: 0.1, poison: 0.03 })
  const sampler = await ground.sample([ground.group, other])
  load.start(60)
  for (const fleet of [first, second, first, second]) fleet.join()
  for (let kills = 0; kills < options.kills;) {
    // oxlint-disable-next-line no-await-in-loop -- one moment after the other
    await sleep(random.integer(200, 1_800))
    // oxlint-disable-next-line no-await-in-loop
    if (await random.pick([...first.members, ...second.members]).kill()) kills++
  }
  await load.stop()
  await Promise.all([first.leave(), second.leave()])
  await sampler.stop()
  await ground.storeAll(first)
  const lostClaims = first.count(/another writer claimed/g) + second.count(/another writer claimed/g)
  return await ground.conclude([first, second], { 'lost claims': lostClaims })
}
