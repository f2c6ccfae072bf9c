/** What every API on transactions does. */

import { type KafkaCall } from '@pinpipe/msk-auth/kafka-actions'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { type RequestContext } from './api.ts'

/** Runs what may refuse, on the coordinator of the id. Older clients do not know PRODUCER_FENCED. */
export function transactionCode(
  { cluster, broker, access, version }: RequestContext,
  { call, transactionalId }: { readonly call: KafkaCall; readonly transactionalId: string },
  fencedSince: number,
  run: () => void,
): number {
  try {
    access.check(call, 'transactional-id', transactionalId)
    cluster.coordinators.check('transaction', transactionalId, broker)
    run()
    return errorCode.NONE
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    const isTooNew = error.code === errorCode.PRODUCER_FENCED && version < fencedSince
    return isTooNew ? errorCode.INVALID_PRODUCER_EPOCH : error.code
  }
}
