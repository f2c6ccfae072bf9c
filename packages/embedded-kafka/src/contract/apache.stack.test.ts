import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expectCase, untilCoordinated } from './contract.ts'
import { contractCases } from './contracts.ts'

/** Kafka makes the topics behind its coordinators at their first use, and has no coordinator until then. */
let ready: Promise<void> | undefined

stackTest.for(contractCases)('%s', async ([, contractCase], { kafka }) => {
  await (ready ??= untilCoordinated(kafka.bootstrapServers))
  const { bootstrapServers, listeners, user, restrictedUser } = kafka
  const logins = { servers: listeners.saslPlain, users: [user, restrictedUser] as const }
  await expectCase(contractCase, { bootstrapServers, logins })
})
