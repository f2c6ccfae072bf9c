import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expectCase } from './contract.ts'
import { contractCases } from './contracts.ts'

stackTest.for(contractCases)('%s', async ([, contractCase], { kafka }) => {
  await expectCase(contractCase, kafka.bootstrapServers)
})
