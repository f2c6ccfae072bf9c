import { expect } from 'vitest'
import { describeTransactions } from '../api/describe-transactions.ts'
import { listTransactions } from '../api/list-transactions.ts'
import { errorCode } from '../error-codes.ts'
import { batchOf, batchesIn } from '../testing/batches.ts'
import { offsetFor, read, send, times } from '../testing/calls.ts'
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

export function transactionContract(it: It): void {
  it('records of an open transaction are behind the last stable offset', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    await send(client, topic, batchOf(['before']))
    await begin(client, id, await initProducer(client, id), topic)
    await send(client, topic, batchOf(['after']))
    const all = await read(client, topic)
    expect(all).toMatchObject({ highWatermark: 3n, lastStableOffset: 1n, abortedTransactions: null })
    expect(batchesIn(all.records)).toHaveLength(3)
    const stable = await read(client, topic, committedOnly)
    expect(stable).toMatchObject({ highWatermark: 3n, lastStableOffset: 1n, abortedTransactions: [] })
    expect(batchesIn(stable.records)).toHaveLength(1)
    expect((await offsetFor(client, topic, times.latest, committedOnly)).offset).toBe(1n)
  })

  it('a commit writes a marker, and everything is stable', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    await begin(client, id, producer, topic)
    expect((await end(client, id, producer, true)).errorCode).toBe(errorCode.NONE)
    expect(await untilStable(client, topic)).toBe(2n)
    const { records, abortedTransactions } = await read(client, topic, committedOnly)
    const [data, marker] = batchesIn(records)
    expect(data?.isTransactional).toBe(true)
    expect(marker).toMatchObject({
      isControl: true,
      isTransactional: true,
      producerId: producer.producerId,
      producerEpoch: 0,
      baseSequence: -1,
      count: 1,
    })
    expect(marker?.payload.subarray(5, 9).toString('hex')).toBe('00000001')
    expect(abortedTransactions).toEqual([])
  })

  it('an abort writes a marker, and readers are told where the aborted records began', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId, producerEpoch } = await initProducer(client, id)
    const producer = { producerId, producerEpoch }
    await send(client, topic, batchOf(['before']))
    await begin(client, id, producer, topic)
    await end(client, id, producer, false)
    await untilStable(client, topic)
    await send(client, topic, batchOf(['after']))
    const aborted = [{ producerId, firstOffset: 1n }]
    expect((await read(client, topic, committedOnly)).abortedTransactions).toEqual(aborted)
    expect((await read(client, topic, { ...committedOnly, offset: 2n })).abortedTransactions).toEqual(aborted)
    expect((await read(client, topic, { ...committedOnly, offset: 3n })).abortedTransactions).toEqual([])
    expect((await read(client, topic)).abortedTransactions).toBeNull()
  })

  it('a waiting read_committed fetch is answered by the marker, not by the records', async (kafka) => {
    const topic = await kafka.topic()
    const [client, other] = [await kafka.client(), await kafka.client()]
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    const waiting = read(other, topic, { ...committedOnly, maxWaitMs: 30_000 })
    await begin(client, id, producer, topic)
    await end(client, id, producer, true)
    expect(batchesIn((await waiting).records)).toHaveLength(2)
  })

  it('a transactional batch to a partition that was not added is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    const batch = () => batchBy(producer, 0, ['x'], { isTransactional })
    const ask = async (version: number) =>
      (await send(client, topic, batch(), { transactionalId: id, version })).errorCode
    expect(await ask(10)).toBe(errorCode.INVALID_TXN_STATE)
    expect(await ask(11)).toBe(errorCode.TRANSACTION_ABORTABLE)
    expect(await ask(12)).toBe(errorCode.NONE)
  })

  it('a transactional batch in a request without transactional id is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const producer = await initProducer(client, kafka.unique('tx'))
    const outcome = await send(client, topic, batchBy(producer, 0, ['x'], { isTransactional }))
    expect(outcome.errorCode).toBe(errorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
  })

  it('a plain batch of a producer in a transaction is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    await begin(client, id, producer, topic)
    expect((await send(client, topic, batchBy(producer, 1, ['y']))).errorCode).toBe(
      errorCode.INVALID_TXN_STATE,
    )
  })

  it('a partition that does not exist keeps all others out', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    const codes = await addPartitions(client, id, producer, topic, [0, 9])
    expect(codes.toSorted((a, b) => a - b)).toEqual([
      errorCode.UNKNOWN_TOPIC_OR_PARTITION,
      errorCode.OPERATION_NOT_ATTEMPTED,
    ])
  })

  it('what has not begun cannot be ended', async (kafka) => {
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    for (const isCommit of [true, false])
      expect((await end(client, id, producer, isCommit)).errorCode).toBe(errorCode.INVALID_TXN_STATE)
  })

  it('an end that is asked for again is confirmed, the opposite is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    await begin(client, id, producer, topic)
    await end(client, id, producer, true)
    expect((await end(client, id, producer, true)).errorCode).toBe(errorCode.NONE)
    expect((await end(client, id, producer, false)).errorCode).toBe(errorCode.INVALID_TXN_STATE)
  })

  it('the next transaction of the same producer goes on', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    for (const sequence of [0, 1, 2]) {
      expect((await begin(client, id, producer, topic, sequence)).errorCode).toBe(errorCode.NONE)
      expect((await end(client, id, producer, sequence !== 1)).errorCode).toBe(errorCode.NONE)
    }
    expect(await untilStable(client, topic)).toBe(6n)
  })

  it('transactions are described and listed', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId, producerEpoch } = await initProducer(client, id)
    await begin(client, id, { producerId, producerEpoch }, topic)
    const { transactionStates } = await client.call(describeTransactions, {
      transactionalIds: [id, kafka.unique('nobody'), ''],
    })
    expect(transactionStates).toMatchObject([
      {
        errorCode: errorCode.NONE,
        transactionalId: id,
        transactionState: 'Ongoing',
        transactionTimeoutMs: 60_000,
        producerId,
        producerEpoch,
        topics: [{ topic, partitions: [0] }],
      },
      { errorCode: errorCode.TRANSACTIONAL_ID_NOT_FOUND },
      { errorCode: errorCode.INVALID_REQUEST },
    ])
    const listed = await client.call(
      listTransactions,
      {
        stateFilters: ['Ongoing', 'Nonsense'],
        producerIdFilters: [producerId],
      },
      1,
    )
    expect(listed).toMatchObject({
      errorCode: errorCode.NONE,
      unknownStateFilters: ['Nonsense'],
      transactionStates: [{ transactionalId: id, producerId, transactionState: 'Ongoing' }],
    })
  })
}
