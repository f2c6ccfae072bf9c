import { describe, expect, test } from 'vitest'
import { explore } from './explore.ts'
import { faultsOf, smallScenarios, wrongVariants } from './scenarios.ts'

/** Far above what a wrong variant needs, so that one without a counterexample ends. */
const maxStates = 300_000

describe('the claim protocol', () => {
  test.for(smallScenarios)(
    'stores each record exactly once, whatever happens: $name',
    async (scenario, context) => {
      const { states, depth, actions, isExhaustive, counterexample } = explore(scenario)
      await context.annotate(`${states} states, ${depth} steps deep`)
      expect(counterexample).toBeUndefined()
      expect(isExhaustive).toBe(true)
      expect([...actions.keys()]).toEqual(expect.arrayContaining(faultsOf(scenario.world)))
      expect(states).toBeGreaterThan(1000)
    },
  )
})

describe('without one of its rules, the protocol fails:', () => {
  test.for(wrongVariants)('$name', async (scenario, context) => {
    const { counterexample } = explore(scenario, maxStates)
    await context.annotate(
      [counterexample?.problem, ...(counterexample?.steps ?? [])].join('\n  '),
      'counterexample',
    )
    expect(counterexample?.problem).toMatch(
      /^(DUPLICATE|OVERLAP|LOST|MIXED|STUCK|CONTRADICTION|COMMIT_AHEAD)/,
    )
    expect(counterexample?.steps.length).toBeGreaterThan(3)
  })
})
