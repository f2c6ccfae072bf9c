import { type KafkaServer, startKafka } from '@pinpipe/local-stack/kafka'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { afterAll } from 'vitest'
import { expectCase } from './contract.ts'
import { reloginCases } from './contracts.ts'

/** The other tests' broker lets sessions last. */
let started: Promise<KafkaServer> | undefined
afterAll(async () => {
  await (await started)?.[Symbol.asyncDispose]()
})

// Where the stack is an external one, Java may be missing.
stackTest.for(reloginCases)('%s', async ([, contractCase], { kafka: _stack }) => {
  started ??= startKafka({ properties: { 'connections.max.reauth.ms': '3600000' } })
  const { bootstrapServers, listeners, user, restrictedUser } = await started
  const logins = { servers: listeners.saslPlain, users: [user, restrictedUser] as const }
  await expectCase(contractCase, { bootstrapServers, logins })
})
