import { afterAll, beforeAll, test } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { plain } from '../login/plain.ts'
import { scram } from '../login/scram.ts'
import { expectCase } from './contract.ts'
import { contractCases, reloginCases } from './contracts.ts'

const passwords = { alice: 'secret', bob: 'another' }
const [alice, bob] = [
  { username: 'alice', password: passwords.alice },
  { username: 'bob', password: passwords.bob },
] as const

let broker: EmbeddedKafka
let guarded: EmbeddedKafka
let timed: EmbeddedKafka

beforeAll(async () => {
  broker = await startEmbeddedKafka()
  const mechanisms = [plain(passwords), scram('SCRAM-SHA-256', passwords), scram('SCRAM-SHA-512', passwords)]
  guarded = await startEmbeddedKafka({ logins: { mechanisms } })
  timed = await startEmbeddedKafka({ logins: { mechanisms, maxSessionMs: 3_600_000 } })
})

afterAll(async () => {
  const all = [broker, guarded, timed]
  await Promise.all(all.map((one) => one.close()))
  const bugs = all.flatMap(({ internalErrors }) => internalErrors)
  if (bugs.length > 0) throw new AggregateError(bugs)
})

const loginsOf = ({ bootstrapServers }: EmbeddedKafka) =>
  ({ servers: bootstrapServers, users: [alice, bob] }) as const

test.for(contractCases)('%s', async ([, contractCase]) => {
  const { bootstrapServers } = broker
  await expectCase(contractCase, { bootstrapServers, logins: loginsOf(guarded) })
})

test.for(reloginCases)('%s', async ([, contractCase]) => {
  const { bootstrapServers } = timed
  await expectCase(contractCase, { bootstrapServers, logins: loginsOf(timed) })
})
