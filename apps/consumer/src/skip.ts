/** `consumer skip`: gives up offsets of one partition on purpose, as a link of its chain. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { connectionOf } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { Failure } from '@pinpipe/service/failure'
import { types } from '@pinpipe/service/settings'
import { writeSummary } from '@pinpipe/service/summary'
import { actor, actSettings } from './act-settings.ts'
import { Chains } from './chain/chains.ts'
import { skipTo } from './chain/operator-acts.ts'
import { systemClock } from './clock.ts'
import { openLake } from './lake/lake.ts'

export const skipCommand = command({
  name: 'skip',
  summary: 'Give up offsets of a partition: they are in no object, and the chain says why',
  settings: {
    ...actSettings,
    partition: {
      flag: 'partition',
      type: types.integer({ min: 0 }),
      required: true,
      description: 'The partition',
      group: 'Act',
    },
    to: {
      flag: 'to',
      type: types.integer({ min: 1 }),
      required: true,
      description: 'The next offset to store: all before it that are not stored are given up',
      group: 'Act',
    },
  },
  examples: [
    'consumer skip --lake s3://my-bucket/posts --topic 0af8d0adfd13.pin --partition 2 --to 5000 --reason "corrupt batch" --yes',
  ],
  async run(settings, context) {
    await using resources = new AsyncDisposableStack()
    const store = resources.use(await openLake(settings, context))
    const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log: context.log })
    const admin = resources.use(await openReadOnlyAdmin(connection))
    const at = { topic: settings.topic, partition: settings.partition }
    const log = (await admin.logs(at.topic)).find(({ partition }) => partition === at.partition)
    if (log === undefined) throw new Failure(`topic ${at.topic} has no partition ${at.partition}`)
    const chains = new Chains(store, systemClock)
    if (!settings.yes) {
      const { view } = await chains.open(at)
      const from = view?.frontier ?? log.low
      context.stderr.write(
        `would give up the offsets ${from} to ${settings.to - 1} of topic ${at.topic}, partition ${at.partition}; add --yes\n`,
      )
      return
    }
    const act = { chains, clock: systemClock, reason: settings.reason, who: actor() }
    await writeSummary(context.stdout, { ...at, ...(await skipTo(at, BigInt(settings.to), log, act)) })
  },
})
