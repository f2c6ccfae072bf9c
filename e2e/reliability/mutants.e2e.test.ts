/** Checks the checker: it finds every bug of `mutants.ts`, and nothing where there is none. */
import { stackTest } from '@pinpipe/local-stack/stack-test'
import type { S3Access } from '@pinpipe/local-stack/s3-access'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../unhappy-paths.ts'
import { noteFigures, size } from './figures.ts'
import type { CheckReport } from './finding.ts'
import { buildInstrumented } from './instrumented-build.ts'
import { mutants, type Mutant } from './mutants.ts'
import { scenarios, type Scenario, type ScenarioName } from './mutant-scenarios.ts'
import { ProvingGround } from './proving-ground.ts'
import { seededRandom } from './random.ts'

const seed = Number(process.env['SEED'] ?? 1)
const startedAt = performance.now()
const controls: CheckReport[] = []
let caught = 0

/** Two runs at a time, as each has processes of its own; a test's time includes its turn. */
const turns: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
let runs = 0
const timeout = 600_000

const names = (Object.keys(scenarios) as ScenarioName[]).filter(isOnFolder)
const namesOnS3 = (Object.keys(scenarios) as ScenarioName[]).filter((name) => !isOnFolder(name))
const shown = size === 'full' ? mutants : drawn()
const byName = shown.map((mutant) => [mutant.name, mutant] as const)

describe.concurrent('the checker finds nothing when the right code is', () => {
  test.for(names)('%s', { timeout }, async (name) => await expectClean(name))
  stackTest.for(namesOnS3)('%s', { timeout }, async (name, { s3 }) => await expectClean(name, s3))
})

describe.concurrent('the checker finds a bug:', () => {
  test.for(byName.filter(([, mutant]) => isOnFolder(mutant.scenario)))(
    '%s',
    { timeout },
    async ([, mutant]) => await expectCaught(mutant),
  )
  stackTest.for(byName.filter(([, mutant]) => !isOnFolder(mutant.scenario)))(
    '%s',
    { timeout },
    async ([, mutant], { s3 }) => await expectCaught(mutant, s3),
  )
})

afterAll(() => {
  const total = (of: 'records' | 'objects' | 'sends' | 'samples'): number =>
    controls.reduce((sum, report) => sum + report[of], 0)
  noteFigures({
    scenario: 'seeded bugs, and the same runs without them',
    kafka: 'embedded',
    lake: 'folder',
    seed,
    faults: {},
    report: {
      version: 1,
      records: total('records'),
      objects: total('objects'),
      sends: total('sends'),
      samples: total('samples'),
      findings: controls.flatMap(({ findings }) => findings),
    },
    durationMs: Math.round(performance.now() - startedAt),
    mutants: { caught, of: shown.length },
  })
})

/** Two of each scenario, by the seed: what CI has time for. */
function drawn(): readonly Mutant[] {
  const random = seededRandom(seed)
  return [...Map.groupBy(mutants, ({ scenario }) => scenario).values()].flatMap((all) =>
    all.toSorted(() => random() - 0.5).slice(0, 2),
  )
}

async function expectClean(name: ScenarioName, s3?: S3Access): Promise<void> {
  const report = await inTurn(() => play(name, s3))
  expect(report.findings).toEqual([])
  expect(report.objects + report.sends).toBeGreaterThan(0)
  controls.push(report)
}

async function expectCaught(mutant: Mutant, s3?: S3Access): Promise<void> {
  const report = await inTurn(() => play(mutant.scenario, s3, mutant))
  // One that does nothing at all would be found too: that says nothing of the checker.
  const { app }: Scenario = scenarios[mutant.scenario]
  expect(app === 'consumer' ? report.objects : report.sends).toBeGreaterThan(0)
  const codes = report.findings.map(({ code }) => code)
  expect([...new Set(codes)]).toEqual(expect.arrayContaining([...mutant.expect]))
  caught++
}

function isOnFolder(name: ScenarioName): boolean {
  const { lake }: Scenario = scenarios[name]
  return lake === 'folder'
}

function inTurn<T>(job: () => Promise<T>): Promise<T> {
  const turn = runs++ % turns.length
  const done = (turns[turn] ?? Promise.resolve()).then(job)
  turns[turn] = done.catch(() => undefined)
  return done
}

async function play(name: ScenarioName, s3: S3Access | undefined, mutant?: Mutant): Promise<CheckReport> {
  const scenario: Scenario = scenarios[name]
  await using folder = await temporaryFolder()
  const changes = [
    ...(scenario.changes ?? []),
    ...(mutant === undefined ? [] : [{ file: mutant.file, from: mutant.find, to: mutant.replace }]),
  ]
  const { bundle } = await buildInstrumented(scenario.app, folder.path, changes)
  const { partitions, args } = scenario
  await using ground = await ProvingGround.open({ scenario: 'mutants', seed, bundle, partitions, args, s3 })
  return await scenario.play(ground, bundle)
}
