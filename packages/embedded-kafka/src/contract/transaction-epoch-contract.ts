import { expect } from 'vitest'
import { initProducerId } from '../api/init-producer-id.ts'
import { errorCode } from '../error-codes.ts'
import { batchesIn } from '../testing/batches.ts'
import { read, send } from '../testing/calls.ts'
import {
  addPartitions,
  batchBy,
  end,
  initProducer,
  begin,
  untilStable,
  isTransactional,
  committedOnly,
} from '../testing/transaction-calls.ts'
import { type It } from './contract.ts'

export function transactionEpochContract(it: It): void {
  for (let version = 0; version <= 5; version++)
    it(`InitProducerId ${version} raises the epoch of a transactional id`, async (kafka) => {
      const client = await kafka.client()
      const id = kafka.unique('tx')
      const one = await initProducer(client, id, { version })
      const two = await initProducer(client, id, { version })
      expect(one).toMatchObject({ errorCode: errorCode.NONE, producerEpoch: 0 })
      expect(two).toMatchObject({ errorCode: errorCode.NONE, producerId: one.producerId, producerEpoch: 1 })
    })

  it('an empty transactional id, and a time-out out of bounds, are refused', async (kafka) => {
    const client = await kafka.client()
    expect((await initProducer(client, '')).errorCode).toBe(errorCode.INVALID_REQUEST)
    for (const timeoutMs of [0, -1, 900_001])
      expect((await initProducer(client, kafka.unique('tx'), { timeoutMs })).errorCode).toBe(
        errorCode.INVALID_TRANSACTION_TIMEOUT,
      )
  })

  it('a producer that says who it is gets its next epoch, and its retry the same one', async (kafka) => {
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId, producerEpoch } = await initProducer(client, id)
    const expected = { producerId, producerEpoch }
    expect((await initProducer(client, id, { expected })).producerEpoch).toBe(1)
    expect((await initProducer(client, id, { expected })).producerEpoch).toBe(1)
    await initProducer(client, id)
    expect((await initProducer(client, id, { expected })).errorCode).toBe(errorCode.PRODUCER_FENCED)
    expect((await initProducer(client, id, { expected, version: 3 })).errorCode).toBe(
      errorCode.INVALID_PRODUCER_EPOCH,
    )
    const stranger = { producerId: producerId + 1_000_000n, producerEpoch: 0 }
    expect((await initProducer(client, id, { expected: stranger })).errorCode).toBe(errorCode.PRODUCER_FENCED)
  })

  it('a producer with a wrong id or an old epoch is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId } = await initProducer(client, id)
    await initProducer(client, id)
    const old = { producerId, producerEpoch: 0 }
    const wrong = { producerId: producerId + 1_000_000n, producerEpoch: 1 }
    expect(await addPartitions(client, id, old, topic)).toEqual([errorCode.PRODUCER_FENCED])
    expect(await addPartitions(client, id, old, topic, [0], 1)).toEqual([errorCode.INVALID_PRODUCER_EPOCH])
    expect(await addPartitions(client, id, wrong, topic)).toEqual([errorCode.INVALID_PRODUCER_ID_MAPPING])
    expect((await end(client, id, old, true)).errorCode).toBe(errorCode.PRODUCER_FENCED)
    expect((await end(client, id, old, true, 1)).errorCode).toBe(errorCode.INVALID_PRODUCER_EPOCH)
    expect((await end(client, id, wrong, true)).errorCode).toBe(errorCode.INVALID_PRODUCER_ID_MAPPING)
    expect((await end(client, kafka.unique('nobody'), old, true)).errorCode).toBe(
      errorCode.INVALID_PRODUCER_ID_MAPPING,
    )
    const batch = batchBy(old, 0, ['x'], { isTransactional })
    expect((await send(client, topic, batch, { transactionalId: id })).errorCode).toBe(
      errorCode.INVALID_PRODUCER_EPOCH,
    )
  })

  it('a new producer of the id aborts what its predecessor began, and asks again meanwhile', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId } = await initProducer(client, id)
    await begin(client, id, { producerId, producerEpoch: 0 }, topic)
    const request = { transactionalId: id, transactionTimeoutMs: 60_000 }
    expect(await client.call(initProducerId, request)).toMatchObject({
      errorCode: errorCode.CONCURRENT_TRANSACTIONS,
      producerId: -1n,
      producerEpoch: -1,
    })
    const successor = await initProducer(client, id)
    expect(successor).toMatchObject({ errorCode: errorCode.NONE, producerId, producerEpoch: 2 })
    await untilStable(client, topic)
    const { abortedTransactions } = await read(client, topic, committedOnly)
    expect(abortedTransactions).toEqual([{ producerId, firstOffset: 0n }])
    const late = batchBy({ producerId, producerEpoch: 0 }, 1, ['late'], { isTransactional })
    expect((await send(client, topic, late, { transactionalId: id })).errorCode).toBe(
      errorCode.INVALID_PRODUCER_EPOCH,
    )
  })

  it('EndTxn 5 gives a new epoch with each end, and its retry the same', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId } = await initProducer(client, id)
    for (const producerEpoch of [0, 1, 2]) {
      const producer = { producerId, producerEpoch }
      const batch = batchBy(producer, 0, ['x'], { isTransactional })
      expect((await send(client, topic, batch, { transactionalId: id })).errorCode).toBe(errorCode.NONE)
      const next = { errorCode: errorCode.NONE, producerId, producerEpoch: producerEpoch + 1 }
      expect(await end(client, id, producer, true, 5)).toMatchObject(next)
      expect(await end(client, id, producer, true, 5)).toMatchObject(next)
    }
    await untilStable(client, topic)
    const { records } = await read(client, topic)
    expect(batchesIn(records).map((batch) => batch.producerEpoch)).toEqual([0, 1, 1, 2, 2, 3])
  })

  it('EndTxn 5 may abort what has not begun, but not commit it', async (kafka) => {
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId, producerEpoch } = await initProducer(client, id)
    expect((await end(client, id, { producerId, producerEpoch }, true, 5)).errorCode).toBe(
      errorCode.INVALID_TXN_STATE,
    )
    expect(await end(client, id, { producerId, producerEpoch }, false, 5)).toMatchObject({
      errorCode: errorCode.NONE,
      producerEpoch: 1,
    })
  })
}
