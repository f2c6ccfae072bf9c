import { expect } from 'vitest'
import { addOffsetsToTxn } from '../api/add-offsets-to-txn.ts'
import { errorCode } from '../error-codes.ts'
import { committed, stableMember } from '../testing/group-calls.ts'
import { commitInTransaction, end, initProducer } from '../testing/transaction-calls.ts'
import { type It } from './contract.ts'

export function transactionOffsetsContract(it: It): void {
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
}
