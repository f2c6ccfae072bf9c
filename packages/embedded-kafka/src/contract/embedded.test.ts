import { afterAll, beforeAll, test } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { expectCase } from './contract.ts'
import { contractCases } from './contracts.ts'

let broker: EmbeddedKafka

beforeAll(async () => {
  broker = await startEmbeddedKafka()
})

afterAll(async () => {
  await broker.close()
  if (broker.internalErrors.length > 0) throw new AggregateError(broker.internalErrors)
})

test.for(contractCases)('%s', async ([, contractCase]) => {
  await expectCase(contractCase, broker.bootstrapServers)
})
