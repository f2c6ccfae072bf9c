/** `consumer new-epoch`: a topic was deleted and made anew on purpose; its chains begin anew, the old objects stay as they are. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { connectionOf } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { writeSummary } from '@pinpipe/service/summary'
import { actor, actSettings } from './act-settings.ts'
import { Chains } from './chain/chains.ts'
import { beginEpoch } from './chain/operator-acts.ts'
import type { Log } from './chain/resume.ts'
import { systemClock } from './clock.ts'
import { openLake } from './lake/lake.ts'

export const newEpochCommand = command({
  name: 'new-epoch',
  summary: 'Go on with a topic that was deleted and made anew, in new chains',
  settings: actSettings,
  examples: [
    'consumer new-epoch --lake s3://my-bucket/posts --topic 0af8d0adfd13.pin --reason "made anew with 12 partitions" --yes',
  ],
  async run(settings, context) {
    await using resources = new AsyncDisposableStack()
    const store = resources.use(await openLake(settings, context))
    const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log: context.log })
    const admin = resources.use(await openReadOnlyAdmin(connection))
    const logs = await admin.logs(settings.topic)
    const chains = new Chains(store, systemClock)
    const act = { chains, clock: systemClock, reason: settings.reason, who: actor() }
    for (const log of logs) {
      const at = { topic: settings.topic, partition: log.partition }
      if (settings.yes) await writeSummary(context.stdout, { ...at, ...(await beginEpoch(at, log, act)) })
      else context.stderr.write(`${await whatWouldBe(chains, at, log)}\n`)
    }
  },
})

/** One line for a partition, without doing anything. */
async function whatWouldBe(chains: Chains, at: TopicPartition, log: Log): Promise<string> {
  const { chain, view } = await chains.open(at)
  const isSame = view?.topicId !== undefined && view.topicId === log.topicId
  const what = isSame
    ? 'is of the topic that is there now: it stays'
    : `ends at offset ${view?.frontier ?? 0n}, the next begins at ${log.low}; add --yes`
  return `the chain of partition ${at.partition}, epoch ${chain.place.epoch}, ${what}`
}
