import { expect } from 'vitest'
import { describeConfigs } from '../api/describe-configs.ts'
import { incrementalAlterConfigs } from '../api/incremental-alter-configs.ts'
import { errorCode } from '../error-codes.ts'
import { alterTopic, operations, overrides, replaceConfigs, topicResource } from '../testing/admin-calls.ts'
import { type It } from './contract.ts'

const { set, delete: unset, append, subtract } = operations

/** `name=value source type synonyms`, as Apache Kafka 4.1 answers. */
const settingLines = [
  'compression.type=producer 5 2 compression.type=producer 5',
  'remote.log.delete.on.disable=false 5 1 ',
  'leader.replication.throttled.replicas= 5 7 ',
  'remote.storage.enable=false 5 1 ',
  'min.insync.replicas=1 3 3 min.insync.replicas=1 3;min.insync.replicas=1 5',
  'segment.jitter.ms=0 5 5 ',
  'remote.log.copy.disable=false 5 1 ',
  'local.retention.ms=-2 5 5 log.local.retention.ms=-2 5',
  'cleanup.policy=delete 5 7 log.cleanup.policy=delete 5',
  'flush.ms=9223372036854775807 5 5 ',
  'follower.replication.throttled.replicas= 5 7 ',
  'compression.lz4.level=9 5 3 compression.lz4.level=9 5',
  'segment.bytes=1073741824 5 3 log.segment.bytes=1073741824 5',
  'retention.ms=604800000 5 5 ',
  'compression.gzip.level=-1 5 3 compression.gzip.level=-1 5',
  'flush.messages=9223372036854775807 5 5 log.flush.interval.messages=9223372036854775807 5',
  'compression.zstd.level=3 5 3 compression.zstd.level=3 5',
  'max.compaction.lag.ms=9223372036854775807 5 5 log.cleaner.max.compaction.lag.ms=9223372036854775807 5',
  'file.delete.delay.ms=60000 5 5 log.segment.delete.delay.ms=60000 5',
  'max.message.bytes=1048588 5 3 message.max.bytes=1048588 5',
  'min.compaction.lag.ms=0 5 5 log.cleaner.min.compaction.lag.ms=0 5',
  'message.timestamp.type=CreateTime 5 2 log.message.timestamp.type=CreateTime 5',
  'local.retention.bytes=-2 5 5 log.local.retention.bytes=-2 5',
  'preallocate=false 5 1 log.preallocate=false 5',
  'min.cleanable.dirty.ratio=0.5 5 6 log.cleaner.min.cleanable.ratio=0.5 5',
  'index.interval.bytes=4096 5 3 log.index.interval.bytes=4096 5',
  'unclean.leader.election.enable=false 5 1 unclean.leader.election.enable=false 5',
  'retention.bytes=-1 5 5 log.retention.bytes=-1 5',
  'delete.retention.ms=86400000 5 5 log.cleaner.delete.retention.ms=86400000 5',
  'message.timestamp.after.max.ms=3600000 5 5 log.message.timestamp.after.max.ms=3600000 5',
  'message.timestamp.before.max.ms=9223372036854775807 5 5 log.message.timestamp.before.max.ms=9223372036854775807 5',
  'segment.ms=604800000 5 5 ',
  'segment.index.bytes=10485760 5 3 log.index.size.max.bytes=10485760 5',
]

export function configContract(it: It): void {
  for (let version = 1; version <= 4; version++)
    it(`DescribeConfigs ${version} tells a setting and where it comes from`, async (kafka) => {
      const topic = await kafka.topic(1, { 'max.message.bytes': '2000' })
      const client = await kafka.client()
      const configurationKeys = ['max.message.bytes']
      const resources = [{ resourceType: topicResource, resourceName: topic, configurationKeys }]
      const { results } = await client.call(describeConfigs, { resources, includeSynonyms: true }, version)
      expect(results).toEqual([
        {
          errorCode: errorCode.NONE,
          errorMessage: '',
          resourceType: topicResource,
          resourceName: topic,
          configs: [
            {
              name: 'max.message.bytes',
              value: '2000',
              readOnly: false,
              configSource: 1,
              isSensitive: false,
              synonyms: [
                { name: 'max.message.bytes', value: '2000', source: 1 },
                { name: 'message.max.bytes', value: '1048588', source: 5 },
              ],
              configType: version >= 3 ? 3 : 0,
              documentation: null,
            },
          ],
        },
      ])
    })

  it('all settings of a topic have the types and origins of Kafka’s', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const resources = [{ resourceType: topicResource, resourceName: topic, configurationKeys: null }]
    const { results } = await client.call(describeConfigs, { resources, includeSynonyms: true })
    const lines = results[0]?.configs.map(
      ({ name, value, configSource, configType, synonyms }) =>
        `${name}=${value} ${configSource} ${configType} ${synonyms.map((one) => `${one.name}=${one.value} ${one.source}`).join(';')}`,
    )
    expect(lines).toEqual(settingLines)
  })

  it('without synonyms none are told', async (kafka) => {
    const topic = await kafka.topic(1, { 'retention.ms': '5' })
    const client = await kafka.client()
    const resources = [
      { resourceType: topicResource, resourceName: topic, configurationKeys: ['retention.ms'] },
    ]
    const { results } = await client.call(describeConfigs, { resources })
    expect(results[0]?.configs).toMatchObject([{ value: '5', synonyms: [] }])
  })

  it('settings of an unknown topic, or of an impossible name, are refused', async (kafka) => {
    const client = await kafka.client()
    const names = [kafka.unique('nothing'), 'a b']
    const resources = names.map((resourceName) => ({ resourceType: topicResource, resourceName }))
    const { results } = await client.call(describeConfigs, { resources })
    expect(results.map((result) => [result.errorCode, result.errorMessage, result.configs.length])).toEqual([
      [errorCode.UNKNOWN_TOPIC_OR_PARTITION, '', 0],
      [
        errorCode.INVALID_TOPIC_EXCEPTION,
        "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        0,
      ],
    ])
  })

  it('a broker tells its settings, and refuses to speak for another', async (kafka) => {
    const client = await kafka.client()
    const ask = async (resourceName: string) => {
      const { results } = await client.call(describeConfigs, {
        resources: [{ resourceType: 4, resourceName }],
      })
      return results[0]
    }
    const own = (await ask('1'))?.configs ?? []
    expect(own.find(({ name }) => name === 'message.max.bytes')).toMatchObject({ value: '1048588' })
    expect(own.find(({ name }) => name === 'node.id')).toMatchObject({ value: '1', readOnly: true })
    expect((await ask(''))?.configs.map(({ name }) => name)).toEqual(['min.insync.replicas'])
    expect(await ask('9')).toMatchObject({
      errorCode: errorCode.INVALID_REQUEST,
      errorMessage: 'Unexpected broker id, expected 1 or empty string, but received 9',
    })
  })

  for (const version of [0, 1])
    it(`IncrementalAlterConfigs ${version} sets and unsets single settings`, async (kafka) => {
      const topic = await kafka.topic(1, { 'retention.ms': '1000', 'max.message.bytes': '2000' })
      const client = await kafka.client()
      const outcome = await alterTopic(
        client,
        topic,
        [
          [set, 'segment.ms', '60000'],
          [unset, 'retention.ms', null],
        ],
        { version },
      )
      expect(outcome).toEqual({
        errorCode: errorCode.NONE,
        errorMessage: outcome.errorMessage,
        resourceType: topicResource,
        resourceName: topic,
      })
      const expected = { 'max.message.bytes': '2000', 'segment.ms': '60000' }
      while (JSON.stringify(await overrides(client, topic)) !== JSON.stringify(expected));
    })

  it('lists grow and shrink', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    await alterTopic(client, topic, [[append, 'cleanup.policy', 'compact']])
    while ((await overrides(client, topic))['cleanup.policy'] !== 'delete,compact');
    await alterTopic(client, topic, [[subtract, 'cleanup.policy', 'delete']])
    while ((await overrides(client, topic))['cleanup.policy'] !== 'compact');
    expect(await alterTopic(client, topic, [[append, 'retention.ms', '5']])).toMatchObject({
      errorCode: errorCode.INVALID_CONFIG,
      errorMessage: "Can't APPEND to key retention.ms because its type is not LIST.",
    })
    expect(await alterTopic(client, topic, [[subtract, 'retention.ms', '5']])).toMatchObject({
      errorMessage: "Can't SUBTRACT to key retention.ms because its type is not LIST.",
    })
  })

  it('validate only changes nothing', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const dry = { validateOnly: true }
    expect((await alterTopic(client, topic, [[set, 'retention.ms', '5']], dry)).errorCode).toBe(
      errorCode.NONE,
    )
    expect((await replaceConfigs(client, topic, { 'retention.ms': '5' }, dry)).errorCode).toBe(errorCode.NONE)
    expect(await overrides(client, topic)).toEqual({})
  })

  for (const version of [0, 1, 2])
    it(`AlterConfigs ${version} replaces all settings`, async (kafka) => {
      const topic = await kafka.topic(1, { 'retention.ms': '1000' })
      const client = await kafka.client()
      const settings = { 'segment.ms': '60000' }
      expect((await replaceConfigs(client, topic, settings, { version })).errorCode).toBe(errorCode.NONE)
      while (JSON.stringify(await overrides(client, topic)) !== JSON.stringify(settings));
    })

  const refusals: Readonly<
    Record<string, readonly [readonly [number, string, string | null][], number, string]>
  > = {
    'that does not exist': [
      [[set, 'no.such', '1']],
      errorCode.INVALID_CONFIG,
      'Unknown topic config name: no.such',
    ],
    'of the wrong type': [
      [[set, 'retention.ms', 'soon']],
      errorCode.INVALID_CONFIG,
      'Invalid value soon for configuration retention.ms: Not a number of type LONG',
    ],
    'without a value': [
      [[set, 'retention.ms', null]],
      errorCode.INVALID_REQUEST,
      'Null value not supported for : retention.ms',
    ],
    'that is named twice': [
      [
        [set, 'retention.ms', '1'],
        [set, 'retention.ms', '2'],
      ],
      errorCode.INVALID_REQUEST,
      'Error due to duplicate config keys',
    ],
  }
  for (const [what, [changes, code, message]] of Object.entries(refusals))
    it(`a setting ${what} is refused`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      expect(await alterTopic(client, topic, changes)).toMatchObject({
        errorCode: code,
        errorMessage: message,
      })
      expect(await overrides(client, topic)).toEqual({})
    })

  it('settings of a topic that does not exist cannot be changed', async (kafka) => {
    const client = await kafka.client()
    const name = kafka.unique('nothing')
    const outcome = {
      errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION,
      errorMessage: `The topic '${name}' does not exist.`,
    }
    expect(await alterTopic(client, name, [[set, 'retention.ms', '5']])).toMatchObject(outcome)
    expect(await replaceConfigs(client, name, { 'retention.ms': '5' })).toMatchObject(outcome)
    expect(await alterTopic(client, '', [[set, 'retention.ms', '5']])).toMatchObject({
      errorCode: errorCode.INVALID_REQUEST,
      errorMessage: 'Default topic resources are not allowed.',
    })
  })

  it('a resource of an unknown kind is refused', async (kafka) => {
    const client = await kafka.client()
    const resources = [{ resourceType: 77, resourceName: 'x', configs: [] }]
    const { responses } = await client.call(incrementalAlterConfigs, { resources })
    expect(responses).toMatchObject([
      { errorCode: errorCode.INVALID_REQUEST, errorMessage: 'Unknown resource type 77' },
    ])
  })
}
