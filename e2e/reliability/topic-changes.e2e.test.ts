/** The log is no longer the one that was stored (F15, F16): the sink halts before it writes, and says what to do. */
import { describe, expect, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import type { Fleet } from './fleet.ts'
import { bundle } from './instrumented-consumer.ts'
import { ProvingGround } from './proving-ground.ts'
import { seed } from './seed.ts'

const timeout = 60_000
const partitions = 3
const args = ['--max-records', '10']
const refused = 3

const openGround = (scenario: string): Promise<ProvingGround> =>
  ProvingGround.open({ scenario, seed, bundle, partitions, args })

/** The sink may not write anything: what readers see is the same before and after. */
async function expectHalt(ground: ProvingGround, fleet: Fleet, says: RegExp): Promise<void> {
  const before = await ground.listLake()
  expect(before.length).toBeGreaterThan(0)
  const exit = await ground.storeAll(fleet, { exitCode: refused })
  expect(exit.code).toBe(refused)
  expect(fleet.output).toMatch(says)
  expect(await ground.listLake()).toEqual(before)
}

describe('a topic that was deleted and made anew', () => {
  test.for([
    ['with fewer records than were stored', 5],
    ['with as many', 30],
    ['with more', 70],
  ] as const)('%s is not stored until an operator says so', { timeout }, async ([, records]) => {
    await using ground = await openGround('topic-made-anew')
    const fleet = ground.fleet()
    const load = ground.load()
    await load.fill(ground.topic, 30)
    await ground.storeAll(fleet)
    ground.embedded?.faults.recreateTopic(ground.topic)
    const ofBefore = await ground.listLake()
    ground.forgetLedger()
    await load.fill(ground.topic, records)
    await expectHalt(ground, fleet, /TOPIC_CHANGED/)

    const says = ['--topic', ground.topic, '--reason', 'made anew', '--yes']
    expect(await ground.operate('new-epoch', says)).toContain('"epoch":1')
    await ground.storeAll(fleet)
    expect(await ground.listLake()).toEqual(expect.arrayContaining([...ofBefore]))
    const recreated = ground.embedded?.faults.counts['recreateTopic'] ?? 0
    expectExact(await ground.conclude([fleet], { 'topic made anew': recreated }), { 'topic made anew': 1 })
  })

  test('is noticed by a consumer that runs', { timeout }, async () => {
    await using ground = await openGround('topic-made-anew')
    const fleet = ground.fleet({ args: ['--max-age', '200ms'] })
    const load = ground.load()
    await load.fill(ground.topic, 30)
    const member = fleet.join({ comesBack: false, exitCode: refused })
    await ground.hasStored(90)
    const before = await ground.listLake()
    ground.embedded?.faults.recreateTopic(ground.topic)
    ground.forgetLedger()
    await load.fill(ground.topic, 50)
    await expect.poll(() => fleet.output, { timeout: 30_000 }).toMatch(/TOPIC_CHANGED/)
    await member.leave()
    expect(await ground.listLake()).toEqual(before)
  })
})

test('a log that lost its end and went on is not stored', { timeout }, async () => {
  await using ground = await openGround('topic-truncated')
  const fleet = ground.fleet()
  const load = ground.load()
  await load.fill(ground.topic, 30)
  await ground.storeAll(fleet)
  for (let partition = 0; partition < partitions; partition++)
    ground.embedded?.faults.truncate(ground.topic, partition, 20n)
  await load.fill(ground.topic, 40)
  await expectHalt(ground, fleet, /TOPIC_CHANGED/)
  expect(ground.embedded?.faults.counts['truncate']).toBe(partitions)
})

test('partitions that are added are stored from their start', { timeout }, async () => {
  await using ground = await openGround('more-partitions')
  const fleet = ground.fleet()
  const load = ground.load()
  await load.fill(ground.topic, 30)
  await ground.storeAll(fleet)
  await ground.addPartitions(7)
  // Not the same driver: its client would not know the new ones, and drop what is for them.
  await ground.load().fill(ground.topic, 30, 7)
  await ground.storeAll(fleet)
  expectExact(await ground.conclude([fleet], { 'partitions added': 7 - partitions }), {
    'partitions added': 4,
  })
})

describe('records that retention deleted before they were stored', () => {
  test('halt their partition with the missing range, until they are given up', { timeout }, async () => {
    await using ground = await openGround('source-gap')
    const fleet = ground.fleet()
    const load = ground.load()
    await load.fill(ground.topic, 30)
    await ground.storeAll(fleet)
    await load.fill(ground.topic, 25)
    await ground.deleteRecords(ground.topic)
    await load.fill(ground.topic, 25)
    await expectHalt(ground, fleet, /SOURCE_GAP: the offsets 30 to 54 /)

    await ground.storeAll(fleet, { args: ['--on-source-gap', 'record'] })
    await load.fill(ground.topic, 5)
    await ground.storeAll(fleet)
    const gaps = (await ground.chainObjects()).filter((text) => text.includes('"kind":"gap"'))
    expect(gaps).toHaveLength(partitions)
    for (const gap of gaps) expect(JSON.parse(gap)).toMatchObject({ start: '30', end: '54' })
    expectExact(await ground.conclude([fleet], { 'source gap': gaps.length }), { 'source gap': partitions })
  })
})
