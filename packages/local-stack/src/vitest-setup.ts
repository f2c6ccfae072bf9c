// Global setup of the `stack` and `e2e` projects: one set of servers for the whole run, however many projects need it.
import { type TestProject } from 'vitest/node'
import { type Environment, environment } from './environment.ts'
import { type RunningStack, startStack } from './stack.ts'

type Shared = { users: number; readonly stack: Promise<RunningStack> }

// Each project evaluates this module for itself, in one process: the shared state must lie outside of it.
const shared = globalThis as typeof globalThis & { pinpipeStack?: Shared | undefined }

/**
 * Starts the servers for the first project that asks and provides their addresses as `stack`.
 * @returns the teardown: the last project stops them
 * @throws Error when a server is missing and CI or REQUIRE_STACK is set
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const isFirst = shared.pinpipeStack === undefined
  const state = (shared.pinpipeStack ??= { users: 0, stack: startStack() })
  state.users += 1
  const running = await state.stack
  if (running.problems.length > 0) {
    if (isStackRequired(environment)) {
      await release(state, running, false)
      throw new Error(
        `The tests need their servers (CI or REQUIRE_STACK is set).\n${running.problems.join('\n')}`,
      )
    }
    if (isFirst)
      for (const problem of running.problems)
        project.vitest.logger.log(`Skipped the tests that need it: ${problem}`)
  }
  project.provide('stack', running.facts)
  return async () => {
    const hasFailed = project.vitest.state.getCountOfFailedTests() > 0
    const isLast = await release(state, running, hasFailed)
    if (isLast && hasFailed) for (const log of running.logs) project.vitest.logger.log(`Log kept: ${log}`)
  }
}

async function release(state: Shared, running: RunningStack, keepLog: boolean): Promise<boolean> {
  state.users -= 1
  if (state.users > 0) return false
  shared.pinpipeStack = undefined
  await running.stop({ keepLog })
  return true
}

/** Whether a missing server fails the run: `CI` or `REQUIRE_STACK` is set to anything but '', 0 or false. */
export function isStackRequired(env: Environment): boolean {
  return ['CI', 'REQUIRE_STACK'].some((name) => !['', '0', 'false'].includes(env[name] ?? ''))
}
