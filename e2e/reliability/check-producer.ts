/** What the sender was told of its records, against the log. Pure. */
import { digestOfHex, noValue } from './digest.ts'
import type { FindingList } from './finding-list.ts'
import { type Log, logKey, type PartitionLog } from './partition-log.ts'

/** One line of a ledger: what became of one record, as its sender knows it. Values are unique, but for null. */
export type LedgerEntry = {
  readonly topic: string
  readonly partition: number
  readonly key: string | null
  /** Counts up; records of one key are sent in this order by one sender. */
  readonly seq: number
  /** Told apart when several send the same keys. */
  readonly sender?: string
  /** Of the value, in hex; null for a null value. */
  readonly sha256: string | null
  /** `failed`: it must not be in the log (an aborted transaction). `unknown`: the sender was told nothing for sure. */
  readonly outcome: 'ok' | 'failed' | 'unknown'
  /** Where it was acknowledged to be, if the sender was told. */
  readonly offset?: string
}

/** What was sent, by the record's index in its partition: 12 bytes a record. */
type Sent = {
  /** -1: nobody said anything about this record. */
  readonly seqs: Float64Array
  /** Numbers of sender and key. */
  readonly keys: Uint32Array
}

/** Every acknowledged record is in the log, once, where it was said to be; none that failed is; each key is in order. */
export function checkProducer(ledger: Iterable<LedgerEntry>, log: Log, findings: FindingList): number {
  let entries = 0
  const unplaced: LedgerEntry[] = []
  const keyNumbers = new Map<string, number>()
  const sent = new Map<PartitionLog, Sent>()
  for (const partition of log.values()) {
    const seqs = new Float64Array(partition.records).fill(-1)
    sent.set(partition, { seqs, keys: new Uint32Array(partition.records) })
  }
  for (const entry of ledger) {
    entries++
    const partition = log.get(logKey(entry))
    if (entry.outcome !== 'ok' || entry.offset === undefined || partition === undefined) {
      // Of null values nobody can say which is which.
      if (entry.sha256 !== null) unplaced.push(entry)
    } else checkAcked(entry, BigInt(entry.offset), partition)
  }
  for (const [where, partition] of log) {
    const own = unplaced.filter((entry) => logKey(entry) === where)
    checkUnplaced(own, partition)
  }
  for (const entry of unplaced) {
    if (entry.outcome === 'ok' && !log.has(logKey(entry))) lost(entry, 'there is no such partition')
  }
  for (const [partition, records] of sent) checkOrder(partition, records)
  return entries

  function checkAcked(entry: LedgerEntry, offset: bigint, partition: PartitionLog): void {
    if (offset < partition.low) return
    const index = partition.at(offset)
    if (index === undefined) lost(entry, `it was acknowledged at offset ${offset}, where nothing is`)
    else if (partition.valueAt(index) === digestOfEntry(entry)) found(partition, index, entry)
    else {
      const what = `offset ${offset} was acknowledged for seq ${entry.seq}, and holds another value`
      findings.add('WRONG_ACK', logKey(entry), what)
    }
  }

  /** Entries without an offset are known by their value alone. */
  function checkUnplaced(own: readonly LedgerEntry[], partition: PartitionLog): void {
    const where = logKey(partition)
    const byValue = new Map<bigint, number[]>()
    const seqs = sent.get(partition)?.seqs ?? []
    for (let index = 0; index < partition.records; index++) {
      if (seqs[index] !== -1 || partition.isNullAt(index)) continue
      const value = partition.valueAt(index)
      const all = byValue.get(value)
      if (all === undefined) byValue.set(value, [index])
      else all.push(index)
    }
    for (const entry of own) {
      const [index, again] = byValue.get(digestOfEntry(entry)) ?? []
      if (again !== undefined) twice(entry, partition, again)
      if (index === undefined) {
        if (entry.outcome === 'ok' && partition.low === 0n)
          lost(entry, 'it was acknowledged and is not there')
      } else if (entry.outcome === 'failed') {
        const what = `seq ${entry.seq} was said to have failed, and is at offset ${partition.offsetAt(index)}`
        findings.add('WRONG_ACK', where, what)
      } else found(partition, index, entry)
      byValue.delete(digestOfEntry(entry))
    }
    if (byValue.size === 0) return
    // What is left was sent by somebody else, or is the second copy of a record that has its offset.
    for (const entry of ledger) {
      const [index] = byValue.get(digestOfEntry(entry)) ?? []
      if (index !== undefined && logKey(entry) === where) twice(entry, partition, index)
    }
  }

  function checkOrder(partition: PartitionLog, { seqs, keys }: Sent): void {
    const last = new Map<number, number>()
    for (const [index, seq] of seqs.entries()) {
      if (seq === -1) continue
      const key = keys[index] ?? 0
      const before = last.get(key) ?? -1
      if (seq < before) {
        const what = `seq ${seq} is at offset ${partition.offsetAt(index)}, behind seq ${before} of the same key`
        findings.add('REORDERED', `${logKey(partition)} (log)`, what)
      }
      last.set(key, Math.max(seq, before))
    }
  }

  function found(partition: PartitionLog, index: number, { seq, key, sender = '' }: LedgerEntry): void {
    const { seqs, keys } = sent.get(partition) ?? {}
    if (seqs === undefined || keys === undefined) return
    if (seqs[index] !== -1) {
      const what = `offset ${partition.offsetAt(index)} was acknowledged twice, the second time for seq ${seq}`
      findings.add('WRONG_ACK', logKey(partition), what)
    }
    const name = JSON.stringify([sender, key])
    const number = keyNumbers.get(name) ?? keyNumbers.size
    keyNumbers.set(name, number)
    seqs[index] = seq
    keys[index] = number
  }

  function lost(entry: LedgerEntry, why: string): void {
    findings.add('LOST_ACK', logKey(entry), `seq ${entry.seq}: ${why}`)
  }

  function twice(entry: LedgerEntry, partition: PartitionLog, index: number): void {
    const what = `seq ${entry.seq} is in the log a second time, at offset ${partition.offsetAt(index)}`
    findings.add('DUPLICATE', `${logKey(partition)} (log)`, what)
  }
}

const digestOfEntry = ({ sha256 }: LedgerEntry): bigint => (sha256 === null ? noValue : digestOfHex(sha256))
