/** What the wall clock says does not decide what is stored, nor when: it jumps by up to an hour while consumers die. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { ProvingGround } from './proving-ground.ts'
import { seededRandom } from './random.ts'
import { seed } from './seed.ts'

const jumpingClock = fileURLToPath(new URL('jumping-clock.ts', import.meta.url))

test('the clocks of two consumers jump while both are killed', { timeout: 600_000 }, async () => {
  const kills = size === 'full' ? 50 : 4
  const random = seededRandom(seed)
  const options = { scenario: 'clock-jumps', seed, bundle, partitions: 4, args: ['--max-age', '200ms'] }
  await using ground = await ProvingGround.open(options)
  const log = join(ground.folder, 'jumps')
  const fleet = ground.fleet({ env: { NODE_OPTIONS: `--import ${jumpingClock}`, CLOCK_LOG: log } })
  const load = ground.load({ committed: 0.1, aborted: 0.1 })
  load.start(40)
  fleet.join()
  fleet.join()
  await ground.hasStored(20)
  for (let kill = 0; kill < kills; kill++) {
    // oxlint-disable-next-line no-await-in-loop -- one moment after the other
    await sleep(random.integer(200, 1_800))
    // oxlint-disable-next-line no-await-in-loop
    await random.pick(fleet.members).kill()
  }
  await load.stop()
  await fleet.leave()
  await ground.storeAll(fleet)
  const jumps = readFileSync(log, 'utf8').split('\n').length - 1
  expectExact(await ground.conclude([fleet], { 'clock jumps': jumps }), { 'clock jumps': 10, 'kill -9': 1 })
})
