// Runner of the `stack` and `e2e` projects. A file that takes the whole stack by `inject('stack')` is skipped as a whole when
// a server is missing; files that use `stackTest` skip test by test.
import { readFileSync } from 'node:fs'
import { type RunnerTask, type RunnerTestFile, TestRunner, inject } from 'vitest'
import { type Stack } from './stack.ts'

// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default class StackRunner extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    const stack: Stack = inject('stack')
    if (stack.missing.length === 0) return
    for (const file of files) {
      if (/\binject\(\s*'stack'/.test(readFileSync(file.filepath, 'utf8'))) skipAll(file)
    }
  }
}

// The main process has already been told of the tests: it learns that they are skipped by their result, as it does when a
// test skips itself. A suite's hooks must not run: a `beforeAll` that needs a server would be a failure.
function skipAll(task: RunnerTask): void {
  if (task.type === 'suite') {
    const hooks = TestRunner.getSuiteHooks(task)
    for (const list of Object.values(hooks)) list.length = 0
    for (const child of task.tasks) skipAll(child)
  } else if (task.mode === 'run' || task.mode === 'queued') {
    task.mode = 'skip'
    task.result = { state: 'skip' }
  }
}
