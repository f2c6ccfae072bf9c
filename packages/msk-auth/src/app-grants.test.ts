import { expect, test } from 'vitest'
import { type AppName, type AppOptions, appNames, callsOf, grantsOf } from './app-grants.ts'
import { type KafkaAction, kafkaActions } from './kafka-actions.ts'

const everything = { allowTopicDeletion: true, allowOffsetReset: true } as const

test('the producer writes and looks at topics; on the cluster it writes idempotently', () => {
  expect(sorted('producer')).toEqual({
    cluster: ['Connect', 'WriteDataIdempotently'],
    topic: ['DescribeTopic', 'WriteData'],
    group: [],
    'transactional-id': [],
  })
})

test('the consumer reads topics as a member of its group', () => {
  expect(sorted('consumer')).toEqual({
    cluster: ['Connect'],
    topic: ['DescribeTopic', 'ReadData'],
    group: ['AlterGroup', 'DescribeGroup'],
    'transactional-id': [],
  })
})

const administered = [
  'AlterTopic',
  'AlterTopicDynamicConfiguration',
  'CreateTopic',
  'DescribeTopic',
  'DescribeTopicDynamicConfiguration',
  'ReadData',
]

test('topic-admin deletes no topic and changes no group unless that is allowed', () => {
  expect(sorted('topic-admin')).toEqual({
    cluster: ['Connect', 'DescribeCluster'],
    topic: administered,
    group: ['DescribeGroup'],
    'transactional-id': [],
  })
  expect(sorted('topic-admin', { allowTopicDeletion: true })).toMatchObject({
    topic: [...administered, 'DeleteTopic'].toSorted(),
    group: ['DescribeGroup'],
  })
  expect(sorted('topic-admin', { allowOffsetReset: true })).toMatchObject({
    topic: administered,
    group: ['AlterGroup', 'DeleteGroup', 'DescribeGroup'],
  })
})

test('read-only describes, and nothing else', () => {
  expect(sorted('read-only')).toEqual({
    cluster: ['Connect', 'DescribeCluster'],
    topic: ['DescribeTopic', 'DescribeTopicDynamicConfiguration'],
    group: ['DescribeGroup'],
    'transactional-id': [],
  })
})

test.each(appNames.filter((app) => app !== 'topic-admin'))('%s has nothing more to be allowed', (app) => {
  expect(callsOf(app, everything)).toEqual(callsOf(app))
})

test.each(appNames)('whatever %s holds works: what AWS requires for it is there too', (app) => {
  const held = actionsOf(app, everything)
  const required = held.flatMap((action) => kafkaActions[action].requires ?? [])
  expect(required.filter((action) => !held.includes(action))).toEqual([])
})

test('only to look at records does topic-admin hold less than AWS requires: it joins no group for that', () => {
  const held = actionsOf('topic-admin')
  const required = held.flatMap((action) => kafkaActions[action].requires ?? [])
  expect(required.filter((action) => !held.includes(action))).toEqual(['AlterGroup'])
})

test.each(appNames)('%s works on MSK Serverless', (app) => {
  expect(actionsOf(app, everything).filter((action) => kafkaActions[action].provisionedOnly)).toEqual([])
})

function actionsOf(app: AppName, options?: AppOptions): readonly KafkaAction[] {
  return Object.values(grantsOf(app, options)).flat()
}

function sorted(app: AppName, options?: AppOptions): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(grantsOf(app, options)).map(([resource, actions]) => [resource, actions.toSorted()]),
  )
}
