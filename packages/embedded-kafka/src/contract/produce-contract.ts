import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect } from 'vitest'
import { produce } from '../api/produce.ts'
import { errorCode } from '../error-codes.ts'
import { batchOf } from '../testing/batches.ts'
import { offsetFor, read, send, times } from '../testing/calls.ts'
import { HungUp } from '../testing/wire-client.ts'
import { type It } from './contract.ts'

/** Where the parts of a batch are: the header is 61 bytes. */
const at = { baseOffset: 7, magic: 16, crc: 17, attributes: 22 } as const

export function produceContract(it: It): void {
  for (let version = 3; version <= 12; version++)
    it(`Produce ${version} appends a batch and tells its offset`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      await send(client, topic, batchOf(['a', 'b']), { version })
      const outcome = await send(client, topic, batchOf(['c']), { version })
      expect(outcome).toMatchObject({
        index: 0,
        errorCode: errorCode.NONE,
        baseOffset: 2n,
        logAppendTimeMs: -1n,
        logStartOffset: version >= 5 ? 0n : -1n,
        recordErrors: [],
        errorMessage: null,
      })
    })

  it('Produce 13 names the topic by its id', async (kafka) => {
    const topicId = await kafka.topicId(await kafka.topic())
    const client = await kafka.client()
    const partitionData = [{ index: 0, records: [batchOf(['a'])] }]
    const request = { acks: 1, timeoutMs: 1_000, topicData: [{ topicId, partitionData }] }
    const { responses } = await client.call(produce, request)
    expect(responses).toMatchObject([{ topicId, partitionResponses: [{ errorCode: 0, baseOffset: 0n }] }])
  })

  it('an unknown topic id is refused', async (kafka) => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const client = await kafka.client()
    const partitionData = [{ index: 0, records: [batchOf(['a'])] }]
    const request = { acks: 1, timeoutMs: 1_000, topicData: [{ topicId, partitionData }] }
    const { responses } = await client.call(produce, request)
    expect(responses).toMatchObject([
      { topicId, partitionResponses: [{ errorCode: errorCode.UNKNOWN_TOPIC_ID, baseOffset: -1n }] },
    ])
  })

  for (const acks of [1, -1])
    it(`acks=${acks} is answered`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      expect(await send(client, topic, batchOf(['a']), { acks })).toMatchObject({
        errorCode: 0,
        baseOffset: 0n,
      })
    })

  it('acks=0 is not answered, and the batch is there', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const partitionData = [{ index: 0, records: [batchOf(['a', 'b', 'c'])] }]
    const request = { acks: 0, timeoutMs: 1_000, topicData: [{ name: topic, partitionData }] }
    client.write(client.frame(produce, request, 9))
    expect((await offsetFor(client, topic, times.latest)).offset).toBe(3n)
  })

  it('acks=0 with a refused batch ends the connection', async (kafka) => {
    const client = await kafka.client()
    const partitionData = [{ index: 0, records: [batchOf(['a'])] }]
    const topicData = [{ name: kafka.unique('nothing'), partitionData }]
    const frame = client.frame(produce, { acks: 0, timeoutMs: 1_000, topicData }, 9)
    await expect(client.exchange(frame)).rejects.toThrow(HungUp)
  })

  it('acks=2 is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const outcome = await send(client, topic, batchOf(['a']), { acks: 2 })
    expect(outcome).toMatchObject({ errorCode: errorCode.INVALID_REQUIRED_ACKS, baseOffset: -1n })
  })

  it('no more replicas are demanded than the partition has', async (kafka) => {
    const topic = await kafka.topic(1, { 'min.insync.replicas': '2' })
    const client = await kafka.client()
    expect((await send(client, topic, batchOf(['a']), { acks: -1 })).errorCode).toBe(errorCode.NONE)
  })

  it('an unknown topic and an unknown partition are refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const outcome = {
      errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION,
      baseOffset: -1n,
      logStartOffset: -1n,
      errorMessage: null,
    }
    expect(await send(client, kafka.unique('nothing'), batchOf(['a']))).toMatchObject(outcome)
    expect(await send(client, topic, batchOf(['a']), { partition: 1 })).toMatchObject({
      ...outcome,
      index: 1,
    })
  })

  it('what is compressed comes back as it was sent', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const gzip = batchOf(['a', 'b'], { compress: (bytes) => gzipSync(bytes), attributes: 1 })
    const zstd = batchOf(['c'], { compress: (bytes) => zstdCompressSync(bytes), attributes: 4 })
    for (const batch of [gzip, zstd])
      expect((await send(client, topic, batch)).errorCode).toBe(errorCode.NONE)
    const { records } = await read(client, topic)
    const sent = Buffer.concat([gzip, zstd])
    expect(records?.length).toBe(sent.length)
    expect(records?.subarray(at.magic, gzip.length)).toEqual(gzip.subarray(at.magic))
    expect(records?.subarray(gzip.length + at.magic)).toEqual(zstd.subarray(at.magic))
  })

  it('a wrong checksum is a corrupt message', async (kafka) => {
    const topic = await kafka.topic()
    const batch = batchOf(['a'])
    batch.writeUInt32BE(7, at.crc)
    expect(await send(await kafka.client(), topic, batch)).toMatchObject({
      errorCode: errorCode.CORRUPT_MESSAGE,
      baseOffset: -1n,
      logStartOffset: -1n,
      errorMessage: null,
    })
  })

  const refusals: Readonly<
    Record<
      string,
      {
        batch: () => Buffer | null
        code: number
        configs?: object
        logStartOffset?: bigint
        version?: number
      }
    >
  > = {
    'an empty batch': { batch: () => Buffer.alloc(0), code: errorCode.INVALID_RECORD },
    'two batches': {
      batch: () => Buffer.concat([batchOf(['a']), batchOf(['b'])]),
      code: errorCode.INVALID_RECORD,
    },
    'a batch cut short': { batch: () => batchOf(['abc']).subarray(0, 60), code: errorCode.INVALID_RECORD },
    'a base offset': {
      batch: () => batchOf(['a'], { baseOffset: 5n }),
      code: errorCode.INVALID_RECORD,
      logStartOffset: 0n,
    },
    'a control batch': {
      batch: () => batchOf(['a'], { attributes: 32 }),
      code: errorCode.INVALID_RECORD,
      logStartOffset: 0n,
    },
    'a producer id without a sequence': {
      batch: () => batchOf(['a'], { producerId: 99n, producerEpoch: 0 }),
      code: errorCode.INVALID_RECORD,
      logStartOffset: 0n,
    },
    'more bytes than allowed': {
      batch: () => batchOf(['x'.repeat(2_000)]),
      code: errorCode.MESSAGE_TOO_LARGE,
      configs: { 'max.message.bytes': '1000' },
    },
    'zstd in a version before zstd': {
      batch: () => batchOf(['a'], { compress: (bytes) => zstdCompressSync(bytes), attributes: 4 }),
      code: errorCode.UNSUPPORTED_COMPRESSION_TYPE,
      version: 6,
    },
  }
  for (const [what, { batch, code, configs, logStartOffset = -1n, version = 9 }] of Object.entries(refusals))
    it(`a request with ${what} gets ${code}`, async (kafka) => {
      const topic = await kafka.topic(1, { ...configs })
      const client = await kafka.client()
      const outcome = await send(client, topic, batch(), { version })
      expect(outcome).toMatchObject({ errorCode: code, baseOffset: -1n, logStartOffset, errorMessage: null })
      expect((await offsetFor(client, topic, times.latest)).offset).toBe(0n)
    })

  it('a record without a key is refused by a compacted topic, and named', async (kafka) => {
    const topic = await kafka.topic(1, { 'cleanup.policy': 'compact' })
    const keyed = { key: Buffer.from('k'), value: Buffer.from('v') }
    const outcome = await send(await kafka.client(), topic, batchOf([keyed, 'a', 'b']))
    const message = `Compacted topic cannot accept message without key in topic partition ${topic}-0`
    expect(outcome).toMatchObject({
      errorCode: errorCode.INVALID_RECORD,
      recordErrors: [
        { batchIndex: 1, batchIndexErrorMessage: message },
        { batchIndex: 2, batchIndexErrorMessage: message },
      ],
    })
    expect(outcome.errorMessage).toMatch(
      /^One or more records have been rejected due to 2 record errors in total/,
    )
  })

  it('a record from the far future is refused, and named', async (kafka) => {
    const topic = await kafka.topic()
    const tomorrow = Date.now() + 86_400_000
    const outcome = await send(await kafka.client(), topic, batchOf(['a'], { baseTimestamp: tomorrow }))
    expect(outcome).toMatchObject({
      errorCode: errorCode.INVALID_TIMESTAMP,
      errorMessage: 'One or more records have been rejected due to invalid timestamp',
      recordErrors: [{ batchIndex: 0 }],
    })
    expect(outcome.recordErrors[0]?.batchIndexErrorMessage).toMatch(
      new RegExp(
        String.raw`^Timestamp ${tomorrow} of message with offset 0 is out of range\. The timestamp should be within \[-?\d+, \d+\]$`,
      ),
    )
  })

  it('a topic with LogAppendTime sets the time and tells it', async (kafka) => {
    const topic = await kafka.topic(1, { 'message.timestamp.type': 'LogAppendTime' })
    const client = await kafka.client()
    const before = Date.now()
    const outcome = await send(client, topic, batchOf(['a'], { baseTimestamp: 5 }))
    expect(Number(outcome.logAppendTimeMs)).toBeGreaterThanOrEqual(before)
    const { records } = await read(client, topic)
    expect(records?.readBigInt64BE(35)).toBe(outcome.logAppendTimeMs)
    expect((records?.readUInt8(at.attributes) ?? 0) & 8).toBe(8)
  })

  it('several partitions are answered one by one', async (kafka) => {
    const topic = await kafka.topic(2)
    const client = await kafka.client()
    const partitionData = [0, 1, 2].map((index) => ({ index, records: [batchOf(['a'])] }))
    const request = { acks: 1, timeoutMs: 1_000, topicData: [{ name: topic, partitionData }] }
    const { responses } = await client.call(produce, request, 9)
    const outcomes = responses
      .flatMap(({ partitionResponses }) => partitionResponses)
      .toSorted((a, b) => a.index - b.index)
    expect(outcomes.map((outcome) => outcome.errorCode)).toEqual([0, 0, errorCode.UNKNOWN_TOPIC_OR_PARTITION])
  })
}
