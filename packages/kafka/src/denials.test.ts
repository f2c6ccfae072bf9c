import { mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { expect, test } from 'vitest'
import { type KafkaConnection } from './connection.ts'
import { denialMeaning } from './denials.ts'
import { kafkaErrorOf } from './errors.ts'

const acls: KafkaConnection = { clientId: 'test', brokers: ['b:9092'], tls: {} }
const iam: KafkaConnection = {
  ...acls,
  sasl: { mechanism: 'aws-msk-iam', login: mskSasl({ region: 'eu-west-1', clientId: 'test' }) },
}

const topic = 'TOPIC_AUTHORIZATION_FAILED'
const group = 'GROUP_AUTHORIZATION_FAILED'
const cluster = 'CLUSTER_AUTHORIZATION_FAILED'
const transactionalId = 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'

test.each([
  [
    'Produce',
    0,
    topic,
    'kafka-cluster:WriteData on the topic, or correct the topic name',
    'WRITE on the topic',
  ],
  ['Fetch', 1, topic, 'kafka-cluster:ReadData on the topic', 'READ on the topic'],
  ['ListOffsets', 2, topic, 'kafka-cluster:DescribeTopic on the topic', 'DESCRIBE on the topic'],
  ['Metadata', 3, topic, 'kafka-cluster:DescribeTopic on the topic', 'DESCRIBE on the topic'],
  [
    'OffsetCommit',
    8,
    group,
    'kafka-cluster:AlterGroup on the group, or correct the group',
    'READ on the group',
  ],
  ['OffsetCommit', 8, topic, 'kafka-cluster:ReadData on the topic', 'READ on the topic'],
  ['OffsetFetch', 9, group, 'kafka-cluster:DescribeGroup on the group', 'DESCRIBE on the group'],
  ['FindCoordinator', 10, group, 'kafka-cluster:DescribeGroup on the group', 'DESCRIBE on the group'],
  ['JoinGroup', 11, group, 'kafka-cluster:AlterGroup on the group', 'READ on the group'],
  ['CreateTopics', 19, topic, 'kafka-cluster:CreateTopic on the topic', 'CREATE on the topic'],
  [
    'InitProducerId',
    22,
    cluster,
    'kafka-cluster:WriteDataIdempotently on the cluster',
    'IDEMPOTENT_WRITE on the cluster',
  ],
  [
    'InitProducerId',
    22,
    transactionalId,
    'kafka-cluster:AlterTransactionalId on the transactional id',
    'WRITE on the transactional id',
  ],
  ['CreatePartitions', 37, topic, 'kafka-cluster:AlterTopic on the topic', 'ALTER on the topic'],
])('%s (%i) that is refused as %s says what to grant', (_, apiKey, type, action, acl) => {
  expect(denialMeaning(type, apiKey, iam)?.remedy).toMatch(new RegExp(`^grant it ${action}`))
  expect(denialMeaning(type, apiKey, acls)?.remedy).toMatch(new RegExp(`^grant it ${acl}`))
})

test.each([topic, group, cluster, transactionalId])(
  '%s of a call that is not known has a sentence, too',
  (type) => {
    const { because, remedy } = denialMeaning(type, undefined, iam) ?? { because: '', remedy: '' }
    expect(because).toMatch(/^the login is not allowed to use the /)
    expect(remedy).toMatch(/^grant it the [a-z ]+ actions/)
  },
)

test('other errors are no denials', () => {
  expect(denialMeaning('UNKNOWN_TOPIC_OR_PARTITION', 3, iam)).toBeUndefined()
})

test('the whole sentence names what was tried, on what, and what is missing', () => {
  const refused = Object.assign(new Error(topic), { type: topic, apiKey: 0, retriable: false })
  const error = kafkaErrorOf(
    new Error('wrapped', { cause: refused }),
    'send to topic a.pin, partition 0',
    iam,
  )
  expect(error).toMatchObject({ code: 'AUTHORIZATION_FAILED', exitCode: 4, canRetry: false })
  expect(error.message).toBe(
    'could not send to topic a.pin, partition 0: the login is not allowed to use the topic; grant it kafka-cluster:WriteData on the topic, or correct the topic name',
  )
})
