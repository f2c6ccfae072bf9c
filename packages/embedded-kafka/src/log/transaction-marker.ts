/** Control batches that end a transaction in a partition (KIP-98). */

import { buildBatch } from './record-batch.ts'
import { encodeRecord } from './records.ts'

const transactionalControl = 16 | 32
const types = { abort: 0, commit: 1 } as const

/** One control record: its key says commit or abort, its value the coordinator's epoch. */
export function markerBatch(marker: {
  readonly producerId: bigint
  readonly epoch: number
  readonly isCommit: boolean
  readonly timestamp: number
}): Buffer {
  const key = Buffer.alloc(4)
  key.writeInt16BE(marker.isCommit ? types.commit : types.abort, 2)
  const value = Buffer.alloc(6)
  return buildBatch({
    records: encodeRecord({ key, value }),
    count: 1,
    baseTimestamp: marker.timestamp,
    maxTimestamp: marker.timestamp,
    attributes: transactionalControl,
    producerId: marker.producerId,
    producerEpoch: marker.epoch,
  })
}
