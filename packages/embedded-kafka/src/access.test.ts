import { type KafkaAction, type KafkaCall, kafkaActions, kafkaCalls } from '@pinpipe/msk-auth/kafka-actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTopics } from './api/create-topics.ts'
import { deleteTopics } from './api/delete-topics.ts'
import { saslAuthenticate } from './api/sasl-authenticate.ts'
import { saslHandshake } from './api/sasl-handshake.ts'
import { apis } from './apis.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.ts'
import { isDenial } from './access.ts'
import { errorCode } from './error-codes.ts'
import { type Mechanism } from './login/mechanism.ts'
import { guardedCalls, group, topic, transactionalId } from './testing/guarded-calls.ts'
import { WireClient } from './testing/wire-client.ts'

const lacking = new Set<KafkaAction>()

/** Lets everybody in, who then may do what is not lacking. */
const anybody: Mechanism = {
  name: 'PLAIN',
  begin: () => ({
    next: () => ({
      answer: Buffer.alloc(0),
      identity: { principal: 'somebody', isAllowed: (action) => !lacking.has(action) },
    }),
  }),
}

let kafka: EmbeddedKafka
let client: WireClient
beforeAll(async () => {
  kafka = await startEmbeddedKafka({
    logins: { mechanisms: [anybody] },
    autoCreateTopics: true,
  })
  client = await WireClient.open(kafka.bootstrapServers)
  await client.call(saslHandshake, { mechanism: 'PLAIN' })
  await client.call(saslAuthenticate, { authBytes: Buffer.from('x') })
})
/** Some calls are carried out, and one wants no topic. */
async function prepare(call: KafkaCall): Promise<void> {
  const wish = { name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  if (call === 'Metadata (creates topics)')
    await client.call(deleteTopics, { topics: [{ name: topic }], timeoutMs: 1 })
  else await client.call(createTopics, { topics: [wish], timeoutMs: 1 })
}
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await kafka.close()
})

const codeOf = {
  cluster: errorCode.CLUSTER_AUTHORIZATION_FAILED,
  topic: errorCode.TOPIC_AUTHORIZATION_FAILED,
  group: errorCode.GROUP_AUTHORIZATION_FAILED,
  'transactional-id': errorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
} as const
const nameOf = { cluster: '', topic, group, 'transactional-id': transactionalId } as const

/** The codes of authorization in an answer, at any depth. */
function denialsIn(answer: unknown): readonly number[] {
  if (typeof answer !== 'object' || answer === null || Buffer.isBuffer(answer)) return []
  return Object.entries(answer).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'number'
      ? /errorcode$/i.test(name) && isDenial(value)
        ? [value]
        : []
      : denialsIn(value),
  )
}

test('each call of the table that the broker speaks is tried here', () => {
  const spoken = Object.entries(kafkaCalls)
    .filter(
      ([call, { apiKey, needs }]) => apis.has(apiKey) && needs.length > 0 && call !== 'SaslAuthenticate',
    )
    .map(([call]) => call)
    .toSorted()
  expect(guardedCalls.map(({ call }) => call).toSorted()).toEqual(spoken)
})

test.for(guardedCalls)('$call needs what the table says, and nothing else', async ({ call, send }) => {
  await prepare(call)
  const { needs } = kafkaCalls[call]
  for (const action of Object.keys(kafkaActions))
    if (!needs.some((need) => need === action)) lacking.add(action as KafkaAction)
  expect(denialsIn(await send(client))).toEqual([])
  lacking.clear()
})

const isListing = (call: KafkaCall): boolean => call === 'ListGroups' || call === 'ListTransactions'
const lacks = guardedCalls
  .filter(({ call }) => !isListing(call))
  .flatMap(({ call, send }) => kafkaCalls[call].needs.map((action) => ({ call, send, action })))

test.for(lacks)('$call is denied without $action', async ({ call, send, action }) => {
  await prepare(call)
  lacking.add(action)
  const before = kafka.denials.length
  const answer = await send(client)
  lacking.clear()
  const { on } = kafkaActions[action]
  expect(new Set(denialsIn(answer))).toEqual(new Set([codeOf[on]]))
  const denied = kafka.denials.slice(before)
  expect(denied.length).toBeGreaterThan(0)
  for (const denial of denied)
    expect(denial).toEqual({ principal: 'somebody', call: denial.call, action, name: nameOf[on] })
  expect(kafkaCalls[denied[0]?.call ?? 'ApiVersions'].apiKey).toBe(kafkaCalls[call].apiKey)
})
