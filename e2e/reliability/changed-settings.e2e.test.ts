/** A range is finished with the settings of its claim, whatever the settings of the next run are. */
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, test } from 'vitest'
import { changedSettings } from './changed-settings.ts'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { seed } from './seed.ts'

const runs = size === 'full' ? 60 : 8
const least = { 'kill -9': 1, 'settings changed': runs - 2, 'unfinished-found': 1 }

describe('other settings in each run, with kills in between', () => {
  test('in a folder', { timeout: 600_000 }, async () => {
    expectExact(await changedSettings({ bundle, seed, runs }), least)
  })

  stackTest('in S3', { timeout: 600_000 }, async ({ s3 }) => {
    expectExact(await changedSettings({ bundle, seed, runs, s3 }), least)
  })
})
