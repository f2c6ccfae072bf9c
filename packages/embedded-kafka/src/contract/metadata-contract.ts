import { expect } from 'vitest'
import { apiVersions } from '../api/api-versions.ts'
import { metadata } from '../api/metadata.ts'
import { errorCode } from '../error-codes.ts'
import { HungUp } from '../testing/wire-client.ts'
import { zeroUuid } from '../wire/schema.ts'
import { type It } from './contract.ts'

const software = { clientSoftwareName: 'contract', clientSoftwareVersion: '1.0' }

export function metadataContract(it: It): void {
  for (const version of [0, 1, 2, 3, 4])
    it(`ApiVersions ${version} lists itself from 0 to 4`, async (kafka) => {
      const answer = await (await kafka.client()).call(apiVersions, software, version)
      expect(answer.errorCode).toBe(errorCode.NONE)
      expect(answer.apiKeys).toContainEqual({ apiKey: 18, minVersion: 0, maxVersion: 4 })
    })

  it('Produce is listed from version 0, so that librdkafka believes in a modern broker', async (kafka) => {
    const { apiKeys } = await (await kafka.client()).call(apiVersions, software)
    expect(apiKeys.find(({ apiKey }) => apiKey === 0)).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 })
  })

  it('transactions of the second version are finalized', async (kafka) => {
    const { finalizedFeatures } = await (await kafka.client()).call(apiVersions, software)
    expect(finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel).toBe(2)
  })

  it('ApiVersions from the future is answered in version 0 with the versions of ApiVersions', async (kafka) => {
    const client = await kafka.client()
    const frame = client.frame(apiVersions, software, 3)
    frame.writeInt16BE(99, 6)
    const answer = await client.exchange(frame)
    expect(answer.subarray(4).toString('hex')).toBe('002300000001001200000004')
    expect((await client.call(apiVersions, software)).errorCode).toBe(errorCode.NONE)
  })

  it('a software name with a space is an invalid request', async (kafka) => {
    const answer = await (await kafka.client()).call(apiVersions, { ...software, clientSoftwareName: 'a b' })
    expect(answer.errorCode).toBe(errorCode.INVALID_REQUEST)
  })

  it('an unknown API ends the connection', async (kafka) => {
    const client = await kafka.client()
    const frame = client.frame(apiVersions, software, 3)
    frame.writeInt16BE(999, 4)
    await expect(client.exchange(frame)).rejects.toThrow(HungUp)
  })

  it('an unknown version of a known API ends the connection', async (kafka) => {
    const client = await kafka.client()
    const frame = client.frame(metadata, { topics: [] }, 9)
    frame.writeInt16BE(99, 6)
    await expect(client.exchange(frame)).rejects.toThrow(HungUp)
  })

  it('a frame longer than the limit ends the connection', async (kafka) => {
    await expect((await kafka.client()).exchange(Buffer.from('7fffffff', 'hex'))).rejects.toThrow(HungUp)
  })

  it('a request that ends too early ends the connection', async (kafka) => {
    const client = await kafka.client()
    const frame = client.frame(metadata, { topics: [{ name: 'abc' }] }, 9)
    const cut = frame.subarray(0, frame.length - 5)
    cut.writeInt32BE(cut.length - 4, 0)
    await expect(client.exchange(cut)).rejects.toThrow(HungUp)
  })

  for (let version = 0; version <= 13; version++)
    it(`Metadata ${version} describes a topic of three partitions`, async (kafka) => {
      const name = await kafka.topic(3)
      const client = await kafka.client()
      const answer = await client.call(
        metadata,
        { topics: [{ name }], allowAutoTopicCreation: false },
        version,
      )
      expect(answer.topics).toHaveLength(1)
      expect(answer.topics[0]).toMatchObject({ errorCode: errorCode.NONE, name, isInternal: false })
      const partitions = answer.topics[0]?.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      expect(partitions).toMatchObject(
        [0, 1, 2].map((partitionIndex) => ({ errorCode: errorCode.NONE, partitionIndex, leaderId: 1 })),
      )
      const [host, port] = kafka.bootstrapServers.split(':')
      expect(answer.brokers).toEqual([{ nodeId: 1, host, port: Number(port), rack: null }])
    })

  it('an unknown topic is unknown', async (kafka) => {
    const name = kafka.unique('nothing')
    const client = await kafka.client()
    const { topics } = await client.call(metadata, { topics: [{ name }], allowAutoTopicCreation: true })
    expect(topics).toMatchObject([
      { errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION, name, topicId: zeroUuid, partitions: [] },
    ])
  })

  it('an impossible topic name is told apart from an unknown one', async (kafka) => {
    const client = await kafka.client()
    const { topics } = await client.call(metadata, {
      topics: [{ name: 'a b' }],
      allowAutoTopicCreation: false,
    })
    expect(topics).toMatchObject([{ errorCode: errorCode.INVALID_TOPIC_EXCEPTION, name: 'a b' }])
  })

  it('a topic is found by its id, under its name', async (kafka) => {
    const name = await kafka.topic()
    const topicId = await kafka.topicId(name)
    const client = await kafka.client()
    const { topics } = await client.call(metadata, { topics: [{ topicId, name: null }] })
    expect(topics).toMatchObject([{ errorCode: errorCode.NONE, name, topicId }])
  })

  it('an unknown id is an unknown id', async (kafka) => {
    const client = await kafka.client()
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const { topics } = await client.call(metadata, { topics: [{ topicId, name: null }] })
    expect(topics).toMatchObject([{ errorCode: errorCode.UNKNOWN_TOPIC_ID, name: null, topicId }])
  })

  it('no list means all topics, an empty list means none', async (kafka) => {
    const name = await kafka.topic()
    const client = await kafka.client()
    const all = await client.call(metadata, { topics: null })
    expect(all.topics.map((topic) => topic.name)).toContain(name)
    expect((await client.call(metadata, { topics: [] })).topics).toEqual([])
  })

  it('version 0 has no null list: an empty one means all', async (kafka) => {
    const name = await kafka.topic()
    const all = await (await kafka.client()).call(metadata, { topics: [] }, 0)
    expect(all.topics.map((topic) => topic.name)).toContain(name)
  })

  it('a topic that is asked for twice is described once', async (kafka) => {
    const name = await kafka.topic()
    const { topics } = await (await kafka.client()).call(metadata, { topics: [{ name }, { name }] })
    expect(topics).toHaveLength(1)
  })
}
