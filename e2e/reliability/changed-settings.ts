/**
 * Each run has other settings than the one before (F22): format, compression, validation, size of the ranges. Most runs are
 * killed between a claim and its files, so that the next one finishes the range of another's settings.
 */
import { join } from 'node:path'
import type { FiredFailpoint } from './failpoint-runtime.ts'
import { jsonLines } from './json-lines.ts'
import { ProvingGround, type GroundOptions, type Outcome } from './proving-ground.ts'
import { seededRandom, type Random } from './random.ts'

const unfinished = 'unfinished-found'
/** Does nothing but leave a line in the log. */
const noted = `${unfinished}:*:delay=0`

export type ChangedSettings = Pick<GroundOptions, 'bundle' | 'seed' | 's3' | 'brokers'> & {
  readonly runs: number
}

export async function changedSettings(options: ChangedSettings): Promise<Outcome> {
  const random = seededRandom(options.seed)
  await using ground = await ProvingGround.open({ ...options, scenario: 'changed-settings', partitions: 4 })
  const fleet = ground.fleet()
  const load = ground.load({ committed: 0.1, aborted: 0.1, tombstones: 0.1, poison: 0.1, odd: 0.2 })
  const log = join(ground.folder, 'failpoints.jsonl')
  let before: readonly string[] = []
  let changes = 0
  // oxlint-disable no-await-in-loop -- one run after the other
  for (let run = 0; run < options.runs; run++) {
    await load.fill(ground.topic, random.integer(10, 60))
    const args = settingsOf(random)
    const step = random.pick(['claimed', 'file-created'])
    const kill = random.chance(0.8) ? `,${step}:${random.integer(1, 4)}:kill` : ''
    const env = { FAILPOINT: `${noted}${kill}`, FAILPOINT_LOG: log }
    if (run > 0 && args.join(' ') !== before.join(' ')) changes++
    before = args
    await ground.storeAll(fleet, { args, env })
  }
  // oxlint-enable no-await-in-loop
  await ground.storeAll(fleet, {
    args: settingsOf(random),
    env: { FAILPOINT: noted, FAILPOINT_LOG: log },
  })
  const found = [...jsonLines<FiredFailpoint>(log)].filter(({ name }) => name === unfinished)
  return await ground.conclude([fleet], { 'settings changed': changes, [unfinished]: found.length })
}

function settingsOf(random: Random): readonly string[] {
  const compression = random.pick(['none', 'gzip', 'zstd'])
  return [
    '--format',
    random.pick(['json', 'envelope']),
    '--compression',
    compression,
    ...(compression === 'none' ? [] : ['--compression-level', String(random.integer(1, 9))]),
    '--validate',
    random.pick(['json', 'none']),
    '--max-records',
    String(random.integer(3, 40)),
    '--max-bytes',
    `${random.integer(1, 20)}KiB`,
  ]
}
