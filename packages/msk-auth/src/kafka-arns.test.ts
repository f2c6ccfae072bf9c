import { expect, test } from 'vitest'
import { clusterArn, groupArn, topicArn, transactionalIdArn } from './kafka-arns.ts'

// The ARNs of AWS's own examples, https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html#msk-iam-resources.
const cluster =
  'arn:aws:kafka:us-east-1:012345678901:cluster/MyTestCluster/abcd1234-0123-abcd-5678-1234abcd-1'
const inCluster = 'MyTestCluster/abcd1234-0123-abcd-5678-1234abcd-1'

test("topics, groups and transactional ids have the ARNs of AWS's table", () => {
  expect(topicArn(cluster, '0af8.pin')).toBe(
    `arn:aws:kafka:us-east-1:012345678901:topic/${inCluster}/0af8.pin`,
  )
  expect(groupArn(cluster, 'pinpipe')).toBe(`arn:aws:kafka:us-east-1:012345678901:group/${inCluster}/pinpipe`)
  expect(transactionalIdArn(cluster, 'tx-1')).toBe(
    `arn:aws:kafka:us-east-1:012345678901:transactional-id/${inCluster}/tx-1`,
  )
})

test.each([
  cluster,
  'arn:aws:kafka:eu-west-1:111122223333:cluster/demo/0a1b2c3d-1111-2222-3333-444455556666-s2',
  'arn:aws-cn:kafka:cn-north-1:111122223333:cluster/demo/0a1b2c3d-1111-2222-3333-444455556666-7',
  'arn:aws-us-gov:kafka:us-gov-west-1:111122223333:cluster/demo/0a1b2c3d-1111-2222-3333-444455556666-7',
])('%s is the ARN of a cluster', (arn) => {
  expect(clusterArn(arn)).toBe(arn)
})

test.each([
  '',
  'demo',
  'arn:aws:kafka:eu-west-1:111122223333:cluster/demo',
  'arn:aws:kafka:eu-west-1:111122223333:cluster/demo/*',
  'arn:aws:kafka:*:111122223333:cluster/demo/0a1b-1',
  'arn:aws:kafka:eu-west-1:1111:cluster/demo/0a1b-1',
  'arn:aws:kafka:eu-west-1:111122223333:topic/demo/0a1b-1/a.pin',
  'arn:aws:kafka:eu-west-1:111122223333:cluster/demo/0a1b-1/a.pin',
  'arn:aws:kafka:eu-west-1:111122223333:cluster/demo/0a1b-1\n',
  'arn:aws:s3:eu-west-1:111122223333:cluster/demo/0a1b-1',
])('%j is not, and the error says what is', (arn) => {
  expect(() => topicArn(arn, 'a.pin')).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARN',
      exitCode: 64,
      message: expect.stringContaining(
        'give arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>',
      ) as string,
    }),
  )
})

test.each(['', '.', '..', 'a b', 'a*', 'a?', 'a/b', 'a:b', 'ü', 'a\n', 'x'.repeat(250)])(
  '%j is refused as a topic',
  (topic) => {
    expect(() => topicArn(cluster, topic)).toThrow(expect.objectContaining({ code: 'INVALID_ARN' }))
  },
)

test('a group may have any name but none', () => {
  expect(groupArn(cluster, 'a/b:* $& ü')).toMatch(/\/a\/b:\* \$& ü$/)
  expect(() => groupArn(cluster, '')).toThrow('the name of a group is empty')
  expect(() => transactionalIdArn(cluster, '')).toThrow('the name of a transactional-id is empty')
})
