import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { addOffsetsToTxn } from '../api/add-offsets-to-txn.ts'
import { describeTransactions } from '../api/describe-transactions.ts'
import { initProducerId } from '../api/init-producer-id.ts'
import { listTransactions } from '../api/list-transactions.ts'
import { errorCode } from '../error-codes.ts'
import { batchOf, batchesIn } from '../testing/batches.ts'
import { offsetFor, read, send, times } from '../testing/calls.ts'
import { committed, stableMember } from '../testing/group-calls.ts'
import {
  type Producer,
  addPartitions,
  batchBy,
  commitInTransaction,
  end,
  initProducer,
} from '../testing/transaction-calls.ts'
import { type WireClient } from '../testing/wire-client.ts'
import { type It } from './contract.ts'

const isTransactional = true
const committedOnly = { isolationLevel: 1 } as const

/** One record in a transaction of the first version; the transaction stays open. */
async function begin(client: WireClient, id: string, producer: Producer, topic: string, sequence = 0) {
  expect(await addPartitions(client, id, producer, topic)).toEqual([0])
  const batch = batchBy(producer, sequence, ['x'], { isTransactional })
  return await send(client, topic, batch, { transactionalId: id, version: 9 })
}

/** Markers reach a partition a little after the coordinator has answered. */
async function untilStable(client: WireClient, topic: string): Promise<bigint> {
  for (;;) {
    const [all, stable] = [
      (await offsetFor(client, topic, times.latest)).offset,
      (await offsetFor(client, topic, times.latest, committedOnly)).offset,
    ]
    if (all === stable) return all
    await sleep(5)
  }
}

export function transactionContract(it: It): void {
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

  it('offsets in a transaction count after its commit', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const [id, groupId] = [kafka.unique('tx'), kafka.unique('group')]
    const { producerId, producerEpoch } = await initProducer(client, id)
    const producer = { producerId, producerEpoch }
    expect(await commitInTransaction(client, id, producer, { groupId, topic, offset: 9n })).toBe(
      errorCode.NONE,
    )
    expect((await committed(client, groupId, topic)).committedOffset).toBe(-1n)
    expect((await committed(client, groupId, topic, { requireStable: true })).errorCode).toBe(
      errorCode.UNSTABLE_OFFSET_COMMIT,
    )
    await end(client, id, producer, true, 5)
    let seen = await committed(client, groupId, topic, { requireStable: true })
    while (seen.errorCode !== 0) seen = await committed(client, groupId, topic, { requireStable: true })
    expect(seen.committedOffset).toBe(9n)
  })

  it('offsets in a transaction are forgotten with its abort', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const [id, groupId] = [kafka.unique('tx'), kafka.unique('group')]
    const { producerId, producerEpoch } = await initProducer(client, id)
    const producer = { producerId, producerEpoch }
    const { errorCode: code } = await client.call(addOffsetsToTxn, {
      transactionalId: id,
      ...producer,
      groupId,
    })
    expect(code).toBe(errorCode.NONE)
    const wish = { groupId, topic, offset: 9n }
    expect(await commitInTransaction(client, id, producer, wish, { version: 3 })).toBe(errorCode.NONE)
    await end(client, id, producer, false)
    let seen = await committed(client, groupId, topic, { requireStable: true })
    while (seen.errorCode !== 0) seen = await committed(client, groupId, topic, { requireStable: true })
    expect(seen.committedOffset).toBe(-1n)
  })

  it('offsets of a group that was not added are refused before version 5', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const producer = await initProducer(client, id)
    const ask = (version: number) => {
      const wish = { groupId: kafka.unique('group'), topic, offset: 1n }
      return commitInTransaction(client, id, producer, wish, { version })
    }
    expect(await ask(3)).toBe(errorCode.INVALID_TXN_STATE)
    expect(await ask(4)).toBe(errorCode.TRANSACTION_ABORTABLE)
  })

  it('a fenced producer cannot commit offsets', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const id = kafka.unique('tx')
    const { producerId } = await initProducer(client, id)
    await initProducer(client, id)
    const wish = { groupId: kafka.unique('group'), topic, offset: 1n }
    const old = { producerId, producerEpoch: 0 }
    expect(await commitInTransaction(client, id, old, wish)).toBe(errorCode.INVALID_PRODUCER_EPOCH)
    const { errorCode: code } = await client.call(addOffsetsToTxn, {
      transactionalId: id,
      ...old,
      groupId: 'g',
    })
    expect(code).toBe(errorCode.PRODUCER_FENCED)
  })

  it('offsets in a transaction of a member of an older generation are refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const [id, groupId] = [kafka.unique('tx'), kafka.unique('group')]
    const { memberId, generationId } = await stableMember(client, groupId)
    const producer = await initProducer(client, id)
    const wish = { groupId, topic, offset: 1n }
    const ask = (options: object) => commitInTransaction(client, id, producer, wish, options)
    expect(await ask({ memberId, generationId: generationId + 1 })).toBe(errorCode.ILLEGAL_GENERATION)
    expect(await ask({ memberId: 'stranger', generationId })).toBe(errorCode.UNKNOWN_MEMBER_ID)
    expect(await ask({ memberId, generationId })).toBe(errorCode.NONE)
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
