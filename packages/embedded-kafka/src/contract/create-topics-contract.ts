import { expect } from 'vitest'
import { createTopics } from '../api/create-topics.ts'
import { errorCode } from '../error-codes.ts'
import { zeroUuid } from '../wire/schema.ts'
import { type It } from './contract.ts'

const one = { numPartitions: 1, replicationFactor: 1 }

/** As `kafka-configs --describe --all` of Apache Kafka 4.1 lists them. */
const allSettings = [
  'cleanup.policy=delete',
  'compression.gzip.level=-1',
  'compression.lz4.level=9',
  'compression.type=producer',
  'compression.zstd.level=3',
  'delete.retention.ms=86400000',
  'file.delete.delay.ms=60000',
  'flush.messages=9223372036854775807',
  'flush.ms=9223372036854775807',
  'follower.replication.throttled.replicas=',
  'index.interval.bytes=4096',
  'leader.replication.throttled.replicas=',
  'local.retention.bytes=-2',
  'local.retention.ms=-2',
  'max.compaction.lag.ms=9223372036854775807',
  'max.message.bytes=1048588',
  'message.timestamp.after.max.ms=3600000',
  'message.timestamp.before.max.ms=9223372036854775807',
  'message.timestamp.type=CreateTime',
  'min.cleanable.dirty.ratio=0.5',
  'min.compaction.lag.ms=0',
  'min.insync.replicas=1',
  'preallocate=false',
  'remote.log.copy.disable=false',
  'remote.log.delete.on.disable=false',
  'remote.storage.enable=false',
  'retention.bytes=-1',
  'retention.ms=604800000',
  'segment.bytes=1073741824',
  'segment.index.bytes=10485760',
  'segment.jitter.ms=0',
  'segment.ms=604800000',
  'unclean.leader.election.enable=false',
]

export function createTopicsContract(it: It): void {
  for (let version = 2; version <= 7; version++)
    it(`CreateTopics ${version} creates a topic`, async (kafka) => {
      const name = kafka.unique('new')
      const client = await kafka.client()
      const { topics } = await client.call(createTopics, { topics: [{ name, ...one }] }, version)
      expect(topics).toMatchObject([{ name, errorCode: errorCode.NONE, errorMessage: null }])
      if (version >= 5) expect(topics[0]).toMatchObject({ numPartitions: 1, replicationFactor: 1 })
      if (version >= 7) expect(topics[0]?.topicId).toMatch(/^(?!A{22})[\w-]{22}$/)
    })

  it('-1 means the broker’s defaults', async (kafka) => {
    const name = kafka.unique('new')
    const client = await kafka.client()
    const wish = { name, numPartitions: -1, replicationFactor: -1 }
    const { topics } = await client.call(createTopics, { topics: [wish] })
    expect(topics).toMatchObject([{ errorCode: errorCode.NONE, numPartitions: 1, replicationFactor: 1 }])
  })

  it('all settings of the new topic are answered, with their origin', async (kafka) => {
    const name = kafka.unique('new')
    const client = await kafka.client()
    const configs = [{ name: 'retention.ms', value: '1000' }]
    const { topics } = await client.call(createTopics, { topics: [{ name, ...one, configs }] })
    const values = topics[0]?.configs?.map((config) => `${config.name}=${config.value}`)
    expect(values).toEqual(
      allSettings.map((line) => (line.startsWith('retention.ms=') ? 'retention.ms=1000' : line)),
    )
    const sources = topics[0]?.configs?.filter(({ configSource }) => configSource !== 5)
    expect(sources?.map((config) => [config.name, config.configSource])).toEqual([
      ['min.insync.replicas', 3],
      ['retention.ms', 1],
    ])
  })

  it('validate only creates nothing', async (kafka) => {
    const name = kafka.unique('new')
    const client = await kafka.client()
    const dry = await client.call(createTopics, { topics: [{ name, ...one }], validateOnly: true })
    expect(dry.topics).toMatchObject([{ errorCode: errorCode.NONE, numPartitions: 1 }])
    const wet = await client.call(createTopics, { topics: [{ name, ...one }] })
    expect(wet.topics).toMatchObject([{ errorCode: errorCode.NONE }])
  })

  it('more than 10,000 partitions in one request are refused, and with them all its topics', async (kafka) => {
    const client = await kafka.client()
    const [many, few] = [kafka.unique('contract'), kafka.unique('contract')]
    const wishes = (numPartitions: number) => [
      { name: many, numPartitions, replicationFactor: 1 },
      { name: few, numPartitions: 1, replicationFactor: 1 },
    ]
    for (const numPartitions of [10_000, 2_000_000_000]) {
      const { topics } = await client.call(createTopics, {
        topics: wishes(numPartitions),
        validateOnly: true,
      })
      const errorMessage = 'Excessively large number of partitions per request.'
      expect(topics).toMatchObject([
        { name: many, errorCode: errorCode.POLICY_VIOLATION, errorMessage, numPartitions: -1 },
        { name: few, errorCode: errorCode.POLICY_VIOLATION, errorMessage, numPartitions: -1 },
      ])
    }
    const { topics } = await client.call(createTopics, { topics: wishes(9_000), validateOnly: true })
    expect(topics).toMatchObject([{ errorCode: 0, numPartitions: 9_000 }, { errorCode: 0 }])
  })

  it('the same name twice in one request is refused, the others are created', async (kafka) => {
    const [name, other] = [kafka.unique('twice'), kafka.unique('once')]
    const client = await kafka.client()
    const { topics } = await client.call(createTopics, {
      topics: [
        { name, ...one },
        { name, ...one },
        { name: other, ...one },
      ],
    })
    expect(topics.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: other, errorCode: errorCode.NONE },
      { name, errorCode: errorCode.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' },
    ])
  })

  const refusals: Readonly<
    Record<string, { readonly wish: object; readonly code: number; readonly message: string }>
  > = {
    'an empty name': {
      wish: { name: '', ...one },
      code: errorCode.INVALID_TOPIC_EXCEPTION,
      message: 'Topic name is invalid: the empty string is not allowed',
    },
    'a dot as the name': {
      wish: { name: '.', ...one },
      code: errorCode.INVALID_TOPIC_EXCEPTION,
      message: "Topic name is invalid: '.' is not allowed",
    },
    'a name with a space': {
      wish: { name: 'a b', ...one },
      code: errorCode.INVALID_TOPIC_EXCEPTION,
      message:
        "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    },
    'a name of 250 letters': {
      wish: { name: 'x'.repeat(250), ...one },
      code: errorCode.INVALID_TOPIC_EXCEPTION,
      message: `Topic name is invalid: the length of '${'x'.repeat(250)}' is longer than the max allowed length 249`,
    },
    'no partitions': {
      wish: { name: 'no-partitions', numPartitions: 0, replicationFactor: 1 },
      code: errorCode.INVALID_PARTITIONS,
      message: 'Number of partitions was set to an invalid non-positive value.',
    },
    'no replicas': {
      wish: { name: 'no-replicas', numPartitions: 1, replicationFactor: 0 },
      code: errorCode.INVALID_REPLICATION_FACTOR,
      message: 'Replication factor must be larger than 0, or -1 to use the default value.',
    },
    'more replicas than brokers': {
      wish: { name: 'many-replicas', numPartitions: 1, replicationFactor: 3 },
      code: errorCode.INVALID_REPLICATION_FACTOR,
      message:
        'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered.',
    },
    'an assignment and a number of partitions': {
      wish: {
        name: 'assigned',
        numPartitions: 1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 0, brokerIds: [1] }],
      },
      code: errorCode.INVALID_REQUEST,
      message: 'A manual partition assignment was specified, but numPartitions was not set to -1.',
    },
    'an assignment and a replication factor': {
      wish: {
        name: 'assigned',
        numPartitions: -1,
        replicationFactor: 1,
        assignments: [{ partitionIndex: 0, brokerIds: [1] }],
      },
      code: errorCode.INVALID_REQUEST,
      message: 'A manual partition assignment was specified, but replication factor was not set to -1.',
    },
    'an assignment to a broker that is not there': {
      wish: {
        name: 'assigned',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 0, brokerIds: [77] }],
      },
      code: errorCode.INVALID_REPLICA_ASSIGNMENT,
      message: 'The manual partition assignment includes broker 77, but no such broker is registered.',
    },
    'an assignment to one broker twice': {
      wish: {
        name: 'assigned',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }],
      },
      code: errorCode.INVALID_REPLICA_ASSIGNMENT,
      message: 'The manual partition assignment includes the broker 1 more than once.',
    },
    'an assignment that leaves out partition 0': {
      wish: {
        name: 'assigned',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 1, brokerIds: [1] }],
      },
      code: errorCode.INVALID_REPLICA_ASSIGNMENT,
      message: 'partitions should be a consecutive 0-based integer sequence',
    },
    'a setting that does not exist': {
      wish: { name: 'configured', ...one, configs: [{ name: 'no.such.setting', value: '1' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Unknown topic config name: no.such.setting',
    },
    'a setting without a value': {
      wish: { name: 'configured', ...one, configs: [{ name: 'retention.ms', value: null }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Null value not supported for topic configs: retention.ms',
    },
    'a number that is none': {
      wish: { name: 'configured', ...one, configs: [{ name: 'retention.ms', value: 'soon' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Invalid value soon for configuration retention.ms: Not a number of type LONG',
    },
    'a number that is too small': {
      wish: { name: 'configured', ...one, configs: [{ name: 'retention.ms', value: '-2' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Invalid value -2 for configuration retention.ms: Value must be at least -1',
    },
    'a segment below one mebibyte': {
      wish: { name: 'configured', ...one, configs: [{ name: 'segment.bytes', value: '1000' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Invalid value 1000 for configuration segment.bytes: Value must be at least 1048576',
    },
    'a ratio above one': {
      wish: { name: 'configured', ...one, configs: [{ name: 'min.cleanable.dirty.ratio', value: '2' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    },
    'a word that is not one of the choices': {
      wish: { name: 'configured', ...one, configs: [{ name: 'compression.type', value: 'zip' }] },
      code: errorCode.INVALID_CONFIG,
      message:
        'Invalid value zip for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
    },
    'a policy that does not exist': {
      wish: { name: 'configured', ...one, configs: [{ name: 'cleanup.policy', value: 'delete,burn' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Invalid value burn for configuration cleanup.policy: String must be one of: compact, delete',
    },
    'a truth that is neither': {
      wish: { name: 'configured', ...one, configs: [{ name: 'preallocate', value: 'yes' }] },
      code: errorCode.INVALID_CONFIG,
      message: 'Invalid value yes for configuration preallocate: Expected value to be either true or false',
    },
    'compaction lags that contradict': {
      wish: {
        name: 'configured',
        ...one,
        configs: [
          { name: 'min.compaction.lag.ms', value: '10' },
          { name: 'max.compaction.lag.ms', value: '5' },
        ],
      },
      code: errorCode.INVALID_CONFIG,
      message: 'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
    },
  }
  for (const [what, { wish, code, message }] of Object.entries(refusals))
    it(`a topic with ${what} is refused`, async (kafka) => {
      const client = await kafka.client()
      const { topics } = await client.call(createTopics, {
        topics: [{ name: '', numPartitions: 1, replicationFactor: 1, ...wish }],
      })
      expect(topics).toMatchObject([{ errorCode: code, errorMessage: message, topicId: zeroUuid }])
    })

  it('a name that is taken is refused', async (kafka) => {
    const name = await kafka.topic()
    const { topics } = await (await kafka.client()).call(createTopics, { topics: [{ name, ...one }] })
    expect(topics).toMatchObject([
      { errorCode: errorCode.TOPIC_ALREADY_EXISTS, errorMessage: `Topic '${name}' already exists.` },
    ])
  })

  it('a name that differs from another only by dot and underscore is refused', async (kafka) => {
    const stem = kafka.unique('collision')
    const client = await kafka.client()
    await client.call(createTopics, { topics: [{ name: `${stem}.a`, ...one }] })
    const { topics } = await client.call(createTopics, { topics: [{ name: `${stem}_a`, ...one }] })
    expect(topics).toMatchObject([
      {
        errorCode: errorCode.INVALID_TOPIC_EXCEPTION,
        errorMessage: `Topic '${stem}_a' collides with existing topic: ${stem}.a`,
      },
    ])
  })
}
