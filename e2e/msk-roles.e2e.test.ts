/** Each app does its work on MSK with the policy of its role; without any one action of it the same run fails and says which. */

import { type AppOptions, grantsOf } from '@pinpipe/msk-auth/app-grants'
import { type KafkaAction, kafkaActions } from '@pinpipe/msk-auth/kafka-actions'
import { expect, test } from 'vitest'
import { group, policyOf, prefix, runOnMsk } from './msk-role-runs.ts'
import { type App } from './run-app.ts'

const apps: readonly App[] = ['topic-admin', 'producer', 'consumer']
const options: AppOptions = { allowTopicDeletion: true }

// What topic-admin is allowed for commands that do not exist yet: alter configurations, peek, groups, doctor.
const notYet: readonly KafkaAction[] = [
  'DescribeCluster',
  'AlterTopicDynamicConfiguration',
  'ReadData',
  'DescribeGroup',
]

const ways = apps.flatMap((app) => (['msk-iam', 'aws-msk-iam'] as const).map((auth) => [app, auth] as const))

test.concurrent.each(ways)('%s does its work by --auth %s', async (app, auth) => {
  expect(await runOnMsk(app, policyOf(app, options), auth)).toMatchObject({ exit: 0 })
})

const cases = apps.flatMap((app) =>
  Object.values(grantsOf(app, options))
    .flat()
    .map((action) => [app, action] as const),
)
const isUsed = ([app, action]: readonly [App, KafkaAction]): boolean =>
  app !== 'topic-admin' || !notYet.includes(action)

test.concurrent.each(cases.filter(isUsed))('%s without %s ends with 4, and names it', async (app, action) => {
  const { exit, stdout, stderr, durationMs } = await runOnMsk(app, policyOf(app, options, action))
  const { on } = kafkaActions[action]
  const sentence = stderr.split('\n').findLast((line) => line.includes('could not')) ?? stdout + stderr
  expect({ exit, sentence }).toEqual({
    exit: 4,
    sentence: expect.stringContaining(`kafka-cluster:${action} on the ${on}`),
  })
  expect(sentence).toContain({ cluster: '', topic: prefix, group, 'transactional-id': '' }[on])
  expect(durationMs).toBeLessThan(30_000)
})

test.concurrent.each(cases.filter((each) => !isUsed(each)))(
  '%s does its work without %s, which is for commands to come',
  async (app, action) => {
    expect(await runOnMsk(app, policyOf(app, options, action))).toMatchObject({ exit: 0 })
  },
)

test('there is a case for every action of every app', () => {
  expect(cases.length).toBe(4 + 5 + 10)
})
