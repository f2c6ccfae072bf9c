/** AddOffsetsToTxn: the group's offsets will be committed with the transaction. */

import { int16, int32, int64, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { transactionCode } from './transaction-access.ts'

export const addOffsetsToTxn = defineApi({
  name: 'AddOffsetsToTxn',
  key: 25,
  versions: [0, 4],
  flexibleFrom: 3,
  request: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    groupId: string(),
  },
  response: { throttleTimeMs: int32('0+', { default: 0 }), errorCode: int16() },
  handle(context, { transactionalId, producerId, producerEpoch: epoch, groupId }) {
    const code = transactionCode(context, { call: 'AddOffsetsToTxn', transactionalId }, 2, () => {
      context.access.check('AddOffsetsToTxn', 'group', groupId)
      context.cluster.transactions.addGroup(transactionalId, { producerId, epoch }, groupId)
    })
    return { errorCode: code }
  },
  refuse: (_, code) => ({ errorCode: code }),
})
