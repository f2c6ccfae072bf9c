import { type KafkaFacts } from '@pinpipe/local-stack/kafka'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { createTopics } from './api/create-topics.ts'
import { saslAuthenticate } from './api/sasl-authenticate.ts'
import { saslHandshake } from './api/sasl-handshake.ts'
import { startEmbeddedKafka } from './embedded-kafka.ts'
import { type Mechanism } from './login/mechanism.ts'
import { type GuardedCall, guardedCalls, topic } from './testing/guarded-calls.ts'
import { WireClient } from './testing/wire-client.ts'

/** Apache Kafka shows the cluster to everybody, and does not say for whom a reassignment is. MSK asks for rights for both. */
const different = new Set(['DescribeCluster', 'ListPartitionReassignments'])

/** Lets in whoever comes, for nothing. */
const forNothing: Mechanism = {
  name: 'PLAIN',
  begin: () => ({
    next: () => ({ answer: Buffer.alloc(0), identity: { principal: 'nobody', isAllowed: () => false } }),
  }),
}

const whichCluster = new Set(['brokers', 'clusterId', 'controllerId'])

/** The answer to somebody who may do nothing. */
async function answerOf(servers: string, user: KafkaFacts['user'], { send }: GuardedCall): Promise<string> {
  await using client = await WireClient.open(servers)
  await client.call(saslHandshake, { mechanism: 'PLAIN' })
  const authBytes = Buffer.from(`\0${user.username}\0${user.password}`)
  await client.call(saslAuthenticate, { authBytes })
  return JSON.stringify(await send(client), (name, value: unknown) => {
    if (whichCluster.has(name)) return undefined
    return typeof value === 'bigint' ? value.toString() : value
  })
}

const calls = guardedCalls.filter(({ call }) => !different.has(call))

stackTest.for(calls)('$call is denied as Apache Kafka denies it', async (guarded, { kafka }) => {
  const { restrictedUser, listeners, bootstrapServers } = kafka
  await using embedded = await startEmbeddedKafka({
    logins: { mechanisms: [forNothing] },
    topics: [{ topic }],
  })
  await using admin = await WireClient.open(bootstrapServers)
  const wish = { name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await admin.call(createTopics, { topics: [wish], timeoutMs: 5_000 })
  expect(await answerOf(embedded.bootstrapServers, restrictedUser, guarded)).toBe(
    await answerOf(listeners.saslPlain, restrictedUser, guarded),
  )
})
