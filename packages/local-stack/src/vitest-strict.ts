// Setup file of the unit tests: a test that writes to the console fails.
import { afterEach, beforeEach, expect, vi } from 'vitest'

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

beforeEach(() => {
  for (const method of methods) vi.spyOn(console, method)
})

afterEach(() => {
  const lines = methods.flatMap((method) =>
    vi.isMockFunction(console[method])
      ? console[method].mock.calls.map((call) => `console.${method}: ${call.join(' ')}`)
      : [],
  )
  for (const method of methods) if (vi.isMockFunction(console[method])) console[method].mockRestore()
  // oxlint-disable-next-line vitest/no-standalone-expect -- it runs inside each test
  expect(lines, 'a test writes nothing to the console').toEqual([])
})
