/** The producer against a cluster that fails: what it believes of its records becomes a ledger, which is compared with the log. */
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { createTopics } from '../kafka.ts'
import { check } from './check.ts'
import type { LedgerEntry } from './check-producer.ts'
import type { CheckReport } from './finding.ts'
import { Fleet } from './fleet.ts'
import type { SourceChange } from './instrumented-build.ts'
import { jsonLines } from './json-lines.ts'
import type { LakeReader } from './lake-reader.ts'
import type { ProvingGround } from './proving-ground.ts'
import { exited, logOf } from './scenario-steps.ts'

/**
 * What the producer believes of each record becomes a line of the ledger. Without keys: generated ones occur once each,
 * and the records of a partition have to be in order, too.
 */
export const keepLedger: SourceChange = {
  file: 'apps/producer/src/kafka-output.ts',
  from: '      const valueBytes = batch.records.reduce(',
  to: `      const [{ appendFileSync }, { createHash }] = [await import('node:fs'), await import('node:crypto')]
      for (const { value, headers } of batch.records)
        appendFileSync(process.env.LEDGER, JSON.stringify({
          topic, partition, key: null, seq: Number(headers?.seq), outcome: 'ok',
          sha256: createHash('sha256').update(value).digest('hex'),
        }) + '\\n')
      const valueBytes = batch.records.reduce(`,
}

/**
 * A producer whose answers get lost and whose batches are refused now and then: in two topics, as nobody could say what
 * became of a batch that met both.
 */
export const produced = async (ground: ProvingGround, bundle: string): Promise<CheckReport> => {
  const faults = ground.embedded?.faults
  // kafkajs sends again by itself after the first, and gives the second to its caller.
  faults?.on(
    'Produce',
    { kind: 'answer', code: 'REQUEST_TIMED_OUT', at: 'after' },
    { skip: 2, times: 3, when: ({ topicData }) => topicData.every(({ name }) => name.endsWith('.pin')) },
  )
  faults?.on(
    'Produce',
    { kind: 'answer', code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
    { skip: 4, times: 3, when: ({ topicData }) => topicData.every(({ name }) => name.endsWith('.geo')) },
  )
  return await produce(ground, bundle)
}

/** From some moment on the cluster takes nothing more. */
export const producedUntilRefused = async (ground: ProvingGround, bundle: string): Promise<CheckReport> => {
  const refused = { kind: 'answer', code: 'MESSAGE_TOO_LARGE' } as const
  ground.embedded?.faults.on('Produce', refused, { skip: 20, times: 1_000 })
  return await produce(ground, bundle)
}

async function produce(ground: ProvingGround, bundle: string): Promise<CheckReport> {
  const tables = catalogue.map((table) => topicOf(ground.topic, table))
  await createTopics(ground.brokers, tables, 2)
  const args =
    '--source generate:400 --out kafka --batch-bytes 2KiB --linger 5ms --delivery-timeout 20s'.split(' ')
  await using fleet = new Fleet({
    bundle,
    folder: ground.folder,
    args,
    env: { ...ground.env, TOPIC_PREFIX: ground.topic, LEDGER: ground.ledger },
    comesBack: false,
  })
  await exited(fleet.join())
  return await check({
    log: await logOf(ground, ...tables),
    lake: emptyLake,
    ledger: jsonLines<LedgerEntry>(ground.ledger),
    isComplete: false,
  })
}

const emptyLake: LakeReader = {
  list: async () => [],
  read: () => Promise.reject(new Error('there is nothing')),
}
