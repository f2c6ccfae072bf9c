import { expect, test } from 'vitest'
import { isNewEnough } from './go-program.ts'

test.for([
  ['go1.19.8\n', false],
  ['go1.20', false],
  ['go1.21', true],
  ['go1.26.8\n', true],
  ['go2.0', true],
  ['devel +abc', false],
] as const)('Go that calls itself %o fetches its own successor: %s', ([version, isNew]) => {
  expect(isNewEnough(version)).toBe(isNew)
})
