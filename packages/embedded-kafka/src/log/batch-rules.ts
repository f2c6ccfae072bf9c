/** What Kafka demands of a batch before it appends it. Pure, but for the time that it may write into the batch. */

import { RequestRefused } from '../error-codes.ts'
import { type TopicConfigs } from '../topic-configs.ts'
import { type RecordBatch, batchHeaderBytes, batchLength, compression } from './record-batch.ts'
import { recordsOf } from './records.ts'

/** One or more records of a batch are refused, which refuses the batch. */
export class RecordsRefused extends RequestRefused {
  readonly recordErrors: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string }[]

  constructor(
    code: 'INVALID_RECORD' | 'INVALID_TIMESTAMP',
    recordErrors: RecordsRefused['recordErrors'],
    message: string,
  ) {
    super(code, message)
    this.recordErrors = recordErrors
  }
}

/** A Produce request carries exactly one batch of magic 2 for each partition. */
export function checkRequestRecords(records: Buffer | null, version: number): Buffer {
  const length = records === null ? 0 : batchLength(records, 0)
  if (records === null || length < batchHeaderBytes || length > records.length)
    throw new RequestRefused(
      'INVALID_RECORD',
      `Produce requests with version ${version} must have at least one record batch per partition`,
    )
  if (records.readInt8(16) !== 2)
    throw new RequestRefused(
      'INVALID_RECORD',
      `Produce requests with version ${version} are only allowed to contain record batches with magic version 2`,
    )
  if (version < 7 && (records.readInt16BE(21) & 7) === compression.zstd)
    throw new RequestRefused(
      'UNSUPPORTED_COMPRESSION_TYPE',
      `Produce requests with version ${version} are not allowed to use ZStandard compression`,
    )
  if (batchLength(records, length) > 0)
    throw new RequestRefused(
      'INVALID_RECORD',
      `Produce requests with version ${version} are only allowed to contain exactly one record batch per partition`,
    )
  return records.subarray(0, length)
}

/** @param where the partition, as Kafka names it in messages: `topic-0` */
export function checkBatch(batch: RecordBatch, configs: TopicConfigs, where: string): void {
  if (batch.baseOffset !== 0n)
    throw new RequestRefused(
      'INVALID_RECORD',
      `The baseOffset of the record batch in the append to ${where} should be 0, but it is ${batch.baseOffset}`,
    )
  const limit = configs.number('max.message.bytes')
  if (batch.bytes.length > limit)
    throw new RequestRefused(
      'MESSAGE_TOO_LARGE',
      `The record batch size in the append to ${where} is ${batch.bytes.length} bytes which exceeds the maximum configured value of ${limit}.`,
    )
  if (batch.storedCrc !== batch.computeCrc())
    throw new RequestRefused(
      'CORRUPT_MESSAGE',
      `Record is corrupt (stored crc = ${batch.storedCrc}) in topic partition ${where}.`,
    )
  checkHeader(batch, where)
}

function checkHeader(batch: RecordBatch, where: string): void {
  const refuse = (message: string): never => {
    throw new RequestRefused('INVALID_RECORD', `${message} in topic partition ${where}`)
  }
  if (batch.lastOffsetDelta < 0)
    refuse(`Batch has an invalid offset range: [${batch.baseOffset}, ${batch.lastOffset}]`)
  if (batch.count <= 0) refuse(`Invalid reported count for record batch: ${batch.count}`)
  if (batch.lastOffsetDelta + 1 !== batch.count)
    refuse(
      `Inconsistent batch offset range [${batch.baseOffset}, ${batch.lastOffset}] and count of records ${batch.count}`,
    )
  if (batch.isControl) refuse('Clients are not allowed to write control records')
  if (batch.producerId >= 0n && batch.baseSequence < 0)
    refuse(
      `Invalid sequence number ${batch.baseSequence} in record batch with producerId ${batch.producerId}`,
    )
}

/**
 * Checks each record where that is possible (what is compressed stays closed), and sets the batch's time.
 * @returns the time of the append, or −1 when the records keep their own
 */
export function checkRecords(batch: RecordBatch, configs: TopicConfigs, where: string, now: number): number {
  const isLogAppendTime = configs.text('message.timestamp.type') === 'LogAppendTime'
  const isCompacted = configs.list('cleanup.policy').includes('compact')
  const earliest = now - configs.number('message.timestamp.before.max.ms')
  const latest = now + configs.number('message.timestamp.after.max.ms')
  const badTime: { batchIndex: number; batchIndexErrorMessage: string }[] = []
  const badKey: { batchIndex: number; batchIndexErrorMessage: string }[] = []
  let maxTimestamp = batch.compression === compression.none ? -1 : batch.maxTimestamp
  const checkTime = (index: number, timestamp: number): void => {
    if (isLogAppendTime || timestamp === -1 || (timestamp >= earliest && timestamp <= latest)) return
    badTime.push({
      batchIndex: index,
      batchIndexErrorMessage: outOfRange(timestamp, index, earliest, latest),
    })
  }
  if (batch.compression === compression.none) {
    const { baseTimestamp } = batch
    for (const { index, timestampDelta, key } of recordsOf(batch.payload, batch.count)) {
      const timestamp = baseTimestamp + timestampDelta
      if (timestamp > maxTimestamp) maxTimestamp = timestamp
      if (isCompacted && key === undefined)
        badKey.push({
          batchIndex: index,
          batchIndexErrorMessage: `Compacted topic cannot accept message without key in topic partition ${where}`,
        })
      else checkTime(index, timestamp)
    }
  } else {
    checkTime(0, maxTimestamp)
  }
  if (badKey.length > 0) throw new RecordsRefused('INVALID_RECORD', badKey, rejected(badKey))
  if (badTime.length > 0)
    throw new RecordsRefused(
      'INVALID_TIMESTAMP',
      badTime,
      'One or more records have been rejected due to invalid timestamp',
    )
  if (isLogAppendTime) batch.setMaxTimestamp(now, true)
  else if (maxTimestamp !== batch.maxTimestamp || batch.hasLogAppendTime)
    batch.setMaxTimestamp(maxTimestamp, false)
  return isLogAppendTime ? now : -1
}

function outOfRange(timestamp: number, index: number, earliest: number, latest: number): string {
  return `Timestamp ${timestamp} of message with offset ${index} is out of range. The timestamp should be within [${earliest}, ${latest}]`
}

function rejected(errors: RecordsRefused['recordErrors']): string {
  const shown = errors
    .slice(0, 3)
    .map(
      ({ batchIndex, batchIndexErrorMessage }) =>
        `RecordError(batchIndex=${batchIndex}, message='${batchIndexErrorMessage}')`,
    )
  return `One or more records have been rejected due to ${errors.length} record errors in total, and only showing the first three errors at most: [${shown.join(', ')}]`
}
