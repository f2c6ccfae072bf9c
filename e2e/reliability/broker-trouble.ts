/**
 * The cluster misbehaves while records flow (F5, F6 on Kafka's side): brokers go and come back, leaders and coordinators
 * move, connections end, answers are late or get lost, sessions end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmbeddedKafka } from '@pinpipe/embedded-kafka'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom, type Random } from './random.ts'

const partitions = 6
const brokers = [1, 2]

export type BrokerTrouble = Pick<GroundOptions, 'bundle' | 'seed' | 's3'> & {
  /** How many things happen. */
  readonly troubles: number
}

export async function brokerTrouble(options: BrokerTrouble): Promise<Outcome> {
  const random = seededRandom(options.seed)
  const args = ['--max-age', '200ms']
  await using ground = await ProvingGround.open({ ...options, scenario: 'broker-trouble', partitions, args })
  const { embedded } = ground
  if (embedded === undefined) throw new Error('only the embedded broker makes trouble on command')
  const fleet = ground.fleet()
  const load = ground.load({ committed: 0.1, aborted: 0.1 })
  const sampler = await ground.sample()
  load.start(40)
  fleet.join()
  fleet.join()
  // Sessions of kafkajs that have not begun yet end the process, as they should: trouble begins when there is work.
  await ground.hasStored(20)
  const counts: Record<string, number> = {}
  for (let trouble = 0; trouble < options.troubles; trouble++) {
    // oxlint-disable no-await-in-loop -- one after the other
    for (const [name, count] of Object.entries(await makeTrouble(embedded, ground, random)))
      counts[name] = (counts[name] ?? 0) + count
    await sleep(random.integer(0, 1_000))
    // oxlint-enable no-await-in-loop
  }
  embedded.faults.clear()
  await load.stop()
  await fleet.leave()
  await sampler.stop()
  await ground.storeAll(fleet)
  return await ground.conclude([fleet], { ...counts, ...embedded.faults.counts })
}

/** Does one thing, and returns how often it happened if the broker does not count it by itself. */
async function makeTrouble(
  { faults }: EmbeddedKafka,
  { topic, group }: ProvingGround,
  random: Random,
): Promise<Record<string, number>> {
  const broker = random.pick(brokers)
  switch (random.integer(0, 7)) {
    case 0:
      await faults.stopBroker(broker)
      await sleep(random.integer(100, 1_500))
      await faults.startBroker(broker)
      return {}
    case 1:
      faults.moveLeader(topic, random.integer(0, partitions - 1), broker)
      return {}
    case 2:
      faults.moveCoordinator('group', group, broker)
      return {}
    case 3:
      faults.dropConnections(broker)
      return {}
    case 4:
      faults.expireSessions(group)
      return {}
    case 5:
      return await happened('fetch lost', faults.on('Fetch', { kind: 'hang-up', at: 'after' }, { times: 2 }))
    case 6:
      return await happened(
        'commit refused',
        faults.on('OffsetCommit', { kind: 'answer', code: 'REBALANCE_IN_PROGRESS' }, { times: 3 }),
      )
    default:
      return await happened(
        'answers late',
        faults.on('Fetch', { kind: 'delay', ms: random.integer(100, 2_000) }, { times: 3 }),
      )
  }
}

/** What a fault did within a moment. */
async function happened(name: string, fault: { readonly count: number }): Promise<Record<string, number>> {
  await sleep(700)
  return { [name]: fault.count }
}
