import { expect } from 'vitest'
import { describeProducers } from '../api/describe-producers.ts'
import { errorCode } from '../error-codes.ts'
import { offsetFor, send, times } from '../testing/calls.ts'
import { batchBy, initProducer } from '../testing/transaction-calls.ts'
import { type It } from './contract.ts'

export function producerContract(it: It): void {
  for (let version = 0; version <= 5; version++)
    it(`InitProducerId ${version} gives each idempotent producer an id of its own`, async (kafka) => {
      const client = await kafka.client()
      const [one, two] = [
        await initProducer(client, null, { version }),
        await initProducer(client, null, { version }),
      ]
      expect(one).toMatchObject({ errorCode: errorCode.NONE, producerEpoch: 0 })
      expect(two.producerId).not.toBe(one.producerId)
    })

  it('an id without an epoch, and an epoch without an id, are invalid requests', async (kafka) => {
    const client = await kafka.client()
    for (const expected of [
      { producerId: 5n, producerEpoch: -1 },
      { producerId: -1n, producerEpoch: 5 },
    ])
      expect((await initProducer(client, null, { expected })).errorCode).toBe(errorCode.INVALID_REQUEST)
  })

  it('batches in sequence are appended', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    expect(await send(client, topic, batchBy(producer, 0, ['a', 'b']))).toMatchObject({
      errorCode: 0,
      baseOffset: 0n,
    })
    expect(await send(client, topic, batchBy(producer, 2, ['c']))).toMatchObject({
      errorCode: 0,
      baseOffset: 2n,
    })
  })

  it('a batch that is sent again is not appended again, and gets its first offset', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    for (let sequence = 0; sequence < 5; sequence++)
      await send(client, topic, batchBy(producer, sequence, ['x']))
    for (let sequence = 0; sequence < 5; sequence++)
      expect(await send(client, topic, batchBy(producer, sequence, ['x']))).toMatchObject({
        errorCode: errorCode.NONE,
        baseOffset: BigInt(sequence),
        logStartOffset: 0n,
      })
    expect((await offsetFor(client, topic, times.latest)).offset).toBe(5n)
  })

  it('only the last five batches are remembered', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    for (let sequence = 0; sequence < 6; sequence++)
      await send(client, topic, batchBy(producer, sequence, ['x']))
    expect((await send(client, topic, batchBy(producer, 0, ['x']))).errorCode).toBe(
      errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    )
    expect((await send(client, topic, batchBy(producer, 1, ['x']))).errorCode).toBe(errorCode.NONE)
  })

  it('a gap in the sequence is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    await send(client, topic, batchBy(producer, 0, ['a']))
    expect(await send(client, topic, batchBy(producer, 2, ['c']))).toMatchObject({
      errorCode: errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      baseOffset: -1n,
      logStartOffset: 0n,
      errorMessage: null,
    })
  })

  it('a retry that holds more than the batch it repeats is out of order', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    await send(client, topic, batchBy(producer, 0, ['a']))
    expect((await send(client, topic, batchBy(producer, 0, ['a', 'b']))).errorCode).toBe(
      errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    )
  })

  it('a producer that the partition does not know may begin anywhere', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    expect((await send(client, topic, batchBy(producer, 17, ['a']))).errorCode).toBe(errorCode.NONE)
    expect((await send(client, topic, batchBy(producer, 18, ['b']))).errorCode).toBe(errorCode.NONE)
  })

  it('a new epoch begins at sequence 0, and shuts the old one out', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const { producerId } = await initProducer(client)
    const [older, newer] = [
      { producerId, producerEpoch: 0 },
      { producerId, producerEpoch: 1 },
    ]
    await send(client, topic, batchBy(older, 0, ['a']))
    expect((await send(client, topic, batchBy(newer, 1, ['b']))).errorCode).toBe(
      errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    )
    expect((await send(client, topic, batchBy(newer, 0, ['b']))).errorCode).toBe(errorCode.NONE)
    expect(await send(client, topic, batchBy(older, 1, ['c']))).toMatchObject({
      errorCode: errorCode.INVALID_PRODUCER_EPOCH,
      baseOffset: -1n,
    })
  })

  it('sequences begin again at 0 after the highest number', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client)
    await send(client, topic, batchBy(producer, 2 ** 31 - 1, ['a']))
    expect((await send(client, topic, batchBy(producer, 0, ['b']))).errorCode).toBe(errorCode.NONE)
    expect((await send(client, topic, batchBy(producer, 1, ['c']))).errorCode).toBe(errorCode.NONE)
  })

  it('a partition shows its producers', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const { producerId, producerEpoch } = await initProducer(client)
    await send(client, topic, batchBy({ producerId, producerEpoch }, 0, ['a', 'b']))
    const { topics } = await client.call(describeProducers, {
      topics: [{ name: topic, partitionIndexes: [0] }],
    })
    expect(topics[0]?.partitions[0]).toMatchObject({
      errorCode: errorCode.NONE,
      activeProducers: [
        { producerId, producerEpoch: 0, lastSequence: 1, coordinatorEpoch: -1, currentTxnStartOffset: -1n },
      ],
    })
  })
}
