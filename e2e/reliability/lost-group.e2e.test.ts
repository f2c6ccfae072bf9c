/** What becomes of the group's offsets does not matter: the lake itself says where to go on. */
import { test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { lostGroup } from './lost-group.ts'
import { seed } from './seed.ts'

test('the group is deleted, reset and moved ahead between runs', { timeout: 600_000 }, async () => {
  const rounds = size === 'full' ? 60 : 6
  const each = Math.floor(rounds / 3)
  expectExact(await lostGroup({ bundle, seed, rounds }), {
    'group deleted': each,
    'offsets reset to the start': each,
    'offsets moved ahead': each,
  })
})
