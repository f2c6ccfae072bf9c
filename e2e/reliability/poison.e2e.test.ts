/** No record stops its partition: it is stored, or it becomes a dead letter with the bytes that it had. */
import { expect, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { bundle } from './instrumented-consumer.ts'
import { poisonRecords, sizeLimitBytes } from './poison-records.ts'
import { ProvingGround } from './proving-ground.ts'
import { seed } from './seed.ts'

const timeout = 60_000
const args = ['--max-records', '7', '--max-bytes', `${sizeLimitBytes / 1024}KiB`]

test.for([
  ['json', 'none', 'json'],
  ['json', 'gzip', 'none'],
  ['envelope', 'zstd', 'json'],
  ['raw', 'none', 'none'],
  ['json', 'none', 'schema'],
  ['parquet', 'zstd', 'schema'],
] as const)('%s, compressed: %s, validated: %s', { timeout }, async ([format, compression, validate]) => {
  const options = { scenario: 'poison', seed, bundle, partitions: 1, args, suffix: '.geo' }
  await using ground = await ProvingGround.open(options)
  const fleet = ground.fleet({
    args: ['--format', format, '--compression', compression, '--validate', validate],
  })
  await ground.configureTopic('message.timestamp.after.max.ms', '9223372036854775807')
  const sent = await ground.sendRecords(poisonRecords)
  // In the middle of the work, so that some of them are read again.
  const env = { FAILPOINT: 'claimed:5:kill' }
  await ground.storeAll(fleet, { env })
  expect(await ground.storeAll(fleet)).toEqual({ code: 0, signal: null })
  const outcome = await ground.conclude([fleet], { 'poison records': sent })
  expectExact(outcome, { 'poison records': 40, 'kill -9': 1 })
  expect(outcome.report.records).toBe(sent)
})
