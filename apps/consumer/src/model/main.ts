/**
 * Explores the claim protocol within its full bounds and tells what was explored; then the counterexample to each wrong variant.
 * Exits with 1 unless the protocol holds everywhere and each wrong variant fails.
 */
import { explore } from './explore.ts'
import { faultsOf, fullScenarios, type Scenario, wrongVariants } from './scenarios.ts'

let isAsExpected = true
const tell = (line: string): boolean => process.stdout.write(`${line}\n`)

tell('| world | writers | records | range | states | depth | seconds | found |')
tell('|---|---|---|---|---|---|---|---|')
for (const scenario of fullScenarios) run(scenario, undefined)
tell('')
for (const scenario of wrongVariants) run(scenario, 1_000_000)
process.exitCode = isAsExpected ? 0 : 1

/** With `maxStates`, a counterexample is expected. */
function run(scenario: Scenario, maxStates: number | undefined): void {
  const startedMs = performance.now()
  const { states, depth, actions, isExhaustive, counterexample } = explore(scenario, maxStates)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  if (maxStates === undefined) {
    const { writers, records, rangeRecords } = scenario.world
    const cells = [scenario.name, writers, records, `1–${rangeRecords}`, states, depth, seconds]
    tell(
      `| ${[...cells, counterexample?.problem ?? (isExhaustive ? 'nothing' : 'not all explored')].join(' | ')} |`,
    )
  } else
    tell(
      `${scenario.name} (${states} states, ${seconds} s): ${counterexample?.problem ?? 'NO COUNTEREXAMPLE'}`,
    )
  for (const step of counterexample?.steps ?? []) tell(`    ${step}`)
  const isComplete = isExhaustive && faultsOf(scenario.world).every((action) => actions.has(action))
  if (maxStates === undefined && !isComplete) isAsExpected = false
  if ((maxStates === undefined) !== (counterexample === undefined)) isAsExpected = false
}
