/** Record batches for tests, with any field as a test wants it. */

import { type BatchFields, buildBatch } from '../log/record-batch.ts'
import { type NewRecord, encodeRecord, recordsOf } from '../log/records.ts'
import { RecordBatch, batchLength } from '../log/record-batch.ts'

type Options = Partial<Omit<BatchFields, 'records'>> & {
  /** Compresses the records; the codec's number goes into `attributes`. */
  readonly compress?: (records: Buffer) => Buffer
}

const text = (value: string | null): Buffer | null => (value === null ? null : Buffer.from(value))

/** A batch of values, or of whole records. */
export function batchOf(values: readonly (string | NewRecord)[], options: Options = {}): Buffer {
  const { compress = (records: Buffer) => records, ...fields } = options
  const records = values.map((value, offsetDelta) =>
    encodeRecord(
      typeof value === 'string' ? { key: null, value: text(value), offsetDelta } : { offsetDelta, ...value },
    ),
  )
  const now = Date.now()
  return buildBatch({
    count: values.length,
    baseTimestamp: now,
    maxTimestamp: fields.baseTimestamp ?? now,
    ...fields,
    records: compress(Buffer.concat(records)),
  })
}

/** The batches of a Fetch answer; a cut one at the end is left out. */
export function batchesIn(records: Buffer | null): readonly RecordBatch[] {
  const batches: RecordBatch[] = []
  if (records === null) return batches
  for (let at = 0; ;) {
    const length = batchLength(records, at)
    if (length === 0 || at + length > records.length) return batches
    batches.push(new RecordBatch(records.subarray(at, at + length)))
    at += length
  }
}

/** Offset and value of each record of uncompressed batches. */
export function valuesIn(records: Buffer | null): readonly string[] {
  return batchesIn(records).flatMap((batch) =>
    Array.from(
      recordsOf(batch.payload, batch.count),
      (record) => `${batch.baseOffset + BigInt(record.offsetDelta)}:${valueOf(record.bytes)}`,
    ),
  )
}

/** The value of a record without a key and headers, as `batchOf` makes them: what is before the header count. */
function valueOf(record: Buffer): string {
  return /[\x20-\x7e]*(?=\0$)/.exec(record.toString('latin1'))?.[0] ?? ''
}
