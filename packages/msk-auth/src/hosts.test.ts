import { expect, test } from 'vitest'
import { checkedRegion, partitionOf, regionOfBroker } from './hosts.ts'

test.each([
  ['b-1.demo.abc123.c2.kafka.eu-west-1.amazonaws.com:9098', 'eu-west-1'],
  ['B-2.Demo.abc123.C2.Kafka.EU-West-1.amazonaws.com:9098', 'eu-west-1'],
  ['boot-abc123.c1.kafka-serverless.us-east-2.amazonaws.com:9098', 'us-east-2'],
  ['b-1-public.demo.abc123.c2.kafka.us-gov-west-1.amazonaws.com:9198', 'us-gov-west-1'],
  ['b-1.demo.abc123.c2.kafka.cn-north-1.amazonaws.com.cn:9098', 'cn-north-1'],
  ['b-1.demo.abc123.c2.kafka.eu-west-1.amazonaws.com.', 'eu-west-1'],
  // A region in the cluster's name is not the cluster's region.
  ['b-1.demo-us-west-1-app.abc123.c2.kafka.us-west-2.amazonaws.com:9098', 'us-west-2'],
  ['b-1.x.kafka.us-west-1.abc.c2.kafka.us-west-2.amazonaws.com:9098', 'us-west-2'],
])('%s is in %s', (broker, region) => {
  expect(regionOfBroker(broker)).toBe(region)
})

test.each([
  'localhost:9092',
  'kafka.example.com:9098',
  'kafka.eu-west-1.amazonaws.com.evil.example:9098',
  'b-1.demo.kafka.eu-west-1.amazonaws.com.cn:9098',
  'b-1.demo.kafka.cn-north-1.amazonaws.com:9098',
  'b-1.demo.notkafka.eu-west-1.amazonaws.com:9098',
  '10.0.0.1:9098',
])('%s tells no region', (broker) => {
  expect(regionOfBroker(broker)).toBeUndefined()
})

test.each([
  ['eu-west-1', 'aws'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['cn-northwest-1', 'aws-cn'],
])('%s belongs to the partition %s', (region, name) => {
  expect(partitionOf(region)?.name).toBe(name)
})

test.each(['', 'eu-west', 'eu-west-1.evil.example', 'EU-WEST-1', 'eu west 1', 'eu-west-1/'])(
  '%j is refused as a region',
  (region) => {
    expect(() => checkedRegion(region)).toThrow(
      expect.objectContaining({ code: 'INVALID_REGION', exitCode: 64 }),
    )
  },
)

test('a region of a partition that is not known yet is accepted', () => {
  expect(checkedRegion('xx-newland-1')).toBe('xx-newland-1')
})
