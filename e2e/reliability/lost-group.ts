/**
 * The group's offsets are not what decides (R6): between runs the group is deleted, sent back to the start or far ahead of
 * what is stored, and each time the next consumer goes on where the lake ends.
 */
// oxlint-disable-next-line no-restricted-imports -- deleting a group is not for the apps' port
import type { Admin } from 'kafkajs'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom } from './random.ts'

export type LostGroup = Pick<GroundOptions, 'bundle' | 'seed' | 's3' | 'brokers'> & {
  readonly rounds: number
}

const misdeeds = ['group deleted', 'offsets reset to the start', 'offsets moved ahead'] as const

export async function lostGroup(options: LostGroup): Promise<Outcome> {
  const random = seededRandom(options.seed)
  const args = ['--max-records', '7']
  await using ground = await ProvingGround.open({ ...options, scenario: 'lost-group', partitions: 3, args })
  const fleet = ground.fleet()
  const load = ground.load({ committed: 0.1, aborted: 0.1 })
  const counts: Record<string, number> = {}
  // oxlint-disable no-await-in-loop -- one round after the other
  for (let round = 0; round < options.rounds; round++) {
    await load.fill(ground.topic, 15)
    const env = random.chance(0.5) ? { FAILPOINT: `before-commit:${random.integer(1, 4)}:kill` } : {}
    await ground.storeAll(fleet, { env })
    await load.fill(ground.topic, 15)
    const misdeed = misdeeds[round % misdeeds.length] ?? misdeeds[0]
    await ground.withAdmin((admin) => commit(admin, misdeed, ground))
    counts[misdeed] = (counts[misdeed] ?? 0) + 1
  }
  // oxlint-enable no-await-in-loop
  await ground.storeAll(fleet)
  return await ground.conclude([fleet], counts)
}

async function commit(
  admin: Admin,
  misdeed: (typeof misdeeds)[number],
  { group: groupId, topic }: ProvingGround,
): Promise<void> {
  if (misdeed === 'group deleted') {
    await admin.deleteGroups([groupId])
    return
  }
  const ends = await admin.fetchTopicOffsets(topic)
  const isAhead = misdeed === 'offsets moved ahead'
  const partitions = ends.map(({ partition, low, high }) => ({ partition, offset: isAhead ? high : low }))
  await admin.setOffsets({ groupId, topic, partitions })
}
