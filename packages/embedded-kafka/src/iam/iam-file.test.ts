import { expect, test } from 'vitest'
import { mskIam } from '../msk-iam.ts'
import { admin, alice, clusterArn } from '../testing/iam-account.ts'
import { iamOptions } from './iam-file.ts'

test('what the file holds are the options', () => {
  const options = { clusterArn, users: [alice], roles: [admin], maxSessionMs: 60_000, failureShape: 'apache' }
  expect(iamOptions(JSON.stringify(options))).toEqual(options)
  expect(mskIam(iamOptions(JSON.stringify(options))).maxSessionMs).toBe(60_000)
})

test.for([
  ['{', 'is no JSON'],
  [JSON.stringify({ clusterArn }), 'users'],
  [JSON.stringify({ clusterArn, users: [], skew: 1 }), 'skew'],
] as const)('%s is refused', ([text, reason]) => {
  expect(() => iamOptions(text)).toThrow(reason)
})

test('a secret that is wrong is not told', () => {
  const users = [{ ...alice, secretAccessKey: ['top secret'] }]
  expect(() => iamOptions(JSON.stringify({ clusterArn, users }))).toThrow(/^(?!.*top secret)/s)
})
