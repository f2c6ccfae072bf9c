/**
 * From the bytes that a fetch answered for one partition to the batches that are to be delivered: whole ones, without
 * control batches and aborted transactions (KIP-98, as the Java client's CompletedFetch), decompressed.
 */

import { decompress } from '../codecs.ts'
import { KafkaError } from '../errors.ts'
import { BatchHeader, wholeBatch } from './batch-header.ts'
import { type BatchRecords, RecordView } from './record-view.ts'

/** A transaction that reaches into the answer and was aborted. It ends at its producer's abort marker. */
export type AbortedTransaction = { readonly producerId: bigint; readonly firstOffset: bigint }

export type ReadBatches = {
  readonly batches: readonly BatchRecords[]
  /** Of the last whole batch, whether it is delivered or not; undefined when there is none at `from` or later. */
  readonly lastOffset: bigint | undefined
}

/**
 * @param from the offset that was asked for; batches before it are left out
 * @throws {KafkaError} CORRUPT_DATA, UNSUPPORTED
 */
export async function readBatches(
  data: Buffer,
  from: bigint,
  aborted: readonly AbortedTransaction[],
): Promise<ReadBatches> {
  const filter = new AbortFilter(aborted)
  const delivered: BatchHeader[] = []
  let lastOffset: bigint | undefined
  let at = 0
  for (let bytes = wholeBatch(data, at); bytes !== undefined; bytes = wholeBatch(data, at)) {
    const header = new BatchHeader(bytes)
    const isDelivered = filter.lets(header)
    if (header.lastOffset >= from) {
      lastOffset = header.lastOffset
      if (isDelivered && header.count > 0) delivered.push(header)
    }
    at += bytes.length
  }
  return { batches: await Promise.all(delivered.map(recordsOf)), lastOffset }
}

async function recordsOf(header: BatchHeader): Promise<BatchRecords> {
  const records = plainRecordsOf(header)
  if (header.codec === 0) return records
  return { ...records, bytes: await decompressed(header.codec, header.payload, header.baseOffset) }
}

function plainRecordsOf({
  payload,
  count,
  baseOffset,
  baseTimestamp,
  appendTime,
}: BatchHeader): BatchRecords {
  return { bytes: payload, count, baseOffset, baseTimestamp, appendTime }
}

async function decompressed(codec: number, payload: Buffer, baseOffset: bigint): Promise<Buffer> {
  try {
    return await decompress(codec, payload)
  } catch (cause) {
    if (cause instanceof KafkaError) throw cause
    const what = `the batch at offset ${baseOffset} could not be decompressed`
    throw new KafkaError('CORRUPT_DATA', `${what}; look at the topic with Kafka's own tools`, { cause })
  }
}

/** Knows at each batch which producers' transactions are aborted there. */
class AbortFilter {
  readonly #pending: AbortedTransaction[]
  readonly #aborting = new Set<bigint>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  }

  /** Whether the batch is to be delivered. Called for each batch in order. */
  lets(header: BatchHeader): boolean {
    // At markers, too: compaction may have left nothing else of a transaction, and the producer's next one may be fine.
    this.#begin(header.lastOffset)
    if (!header.isControl) return !header.isTransactional || !this.#aborting.has(header.producerId)
    if (isAbortMarker(header)) this.#aborting.delete(header.producerId)
    return false
  }

  #begin(upTo: bigint): void {
    for (
      let next = this.#pending[0];
      next !== undefined && next.firstOffset <= upTo;
      next = this.#pending[0]
    ) {
      this.#aborting.add(next.producerId)
      this.#pending.shift()
    }
  }
}

/** The key of a control record is its version and its type, 16 bits each. */
function isAbortMarker(header: BatchHeader): boolean {
  const record = new RecordView(plainRecordsOf(header))
  return record.next() && record.key?.[2] === 0 && record.key[3] === 0
}
