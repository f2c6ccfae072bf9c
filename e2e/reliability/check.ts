/** All checks of one run, put together: the log, the ledger, the lake and the history in, findings out. */
import { checkHistory, type HistorySample } from './check-history.ts'
import { ContentCheck, type StoredObject } from './check-contents.ts'
import { checkNames } from './check-names.ts'
import { checkProducer, type LedgerEntry } from './check-producer.ts'
import { FindingList } from './finding-list.ts'
import type { CheckReport } from './finding.ts'
import { unpacked, type LakeReader } from './lake-reader.ts'
import { readLog } from './log-dump.ts'
import { objectNameOf, rangesOf, type NamedRange, type ObjectName } from './object-name.ts'
import { parquetLine, parquetRecords } from './parquet-rows.ts'
import { jsonLine, type Log, logKey, type PartitionLog } from './partition-log.ts'
import { storedRecords } from './stored-records.ts'

export type Evidence = {
  readonly log: Log
  readonly lake: LakeReader
  /** Read twice, as it may be larger than memory. */
  readonly ledger?: Iterable<LedgerEntry>
  readonly history?: Iterable<HistorySample>
  /** True (default): everything in the log must be stored. False: only what lies below the last object of a partition. */
  readonly isComplete?: boolean
  /** Null values are not stored (`--null-values skip`). */
  readonly skipsNulls?: boolean
  /** Ranges that an operator gave up; both ends inclusive. */
  readonly givenUp?: readonly GivenUp[]
}

export type GivenUp = {
  readonly topic: string
  readonly partition: number
  readonly start: bigint
  readonly end: bigint
}

/** Reads dumps of the log, each topic as what the lake stores it as. */
export async function readLogFor(lake: LakeReader, dumps: readonly string[]): Promise<Log> {
  const names = (await lake.list()).flatMap(({ key }) => objectNameOf(key) ?? [])
  const asParquet = new Set(names.filter(({ format }) => format === 'parquet').map(({ topic }) => topic))
  return await readLog(dumps, (topic) => (asParquet.has(topic) ? parquetLine : jsonLine))
}

/** Reads all objects once, one range at a time. Rejects when the lake cannot be listed; an object that cannot be read is a finding. */
export async function check(evidence: Evidence): Promise<CheckReport> {
  const { log, lake, ledger, history, skipsNulls = false, givenUp = [] } = evidence
  const findings = new FindingList()
  const names: ObjectName[] = []
  for (const { key } of await lake.list()) {
    const name = objectNameOf(key)
    if (name === undefined) findings.add('MISLABELLED', key, 'its name is not that of an object of a range')
    else names.push(name)
  }
  const isExempt = (partition: PartitionLog, index: number): boolean =>
    (skipsNulls && partition.isNullAt(index)) ||
    givenUp.some((range) => logKey(range) === logKey(partition) && holds(range, partition.offsetAt(index)))

  const byPartition = Map.groupBy(names, logKey)
  for (const [where, partitionLog] of log) {
    const ofPartition = byPartition.get(where) ?? []
    byPartition.delete(where)
    const current = Math.max(0, ...ofPartition.map(({ epoch }) => epoch))
    for (const [epoch, ofEpoch] of Map.groupBy(ofPartition, (name) => name.epoch)) {
      if (epoch !== current) checkFormer(`${where} of epoch ${epoch}`, rangesOf(ofEpoch))
    }
    const ranges = rangesOf(ofPartition.filter(({ epoch }) => epoch === current))
    await checkPartition(where, ranges, partitionLog)
  }
  for (const [where, strangers] of byPartition) {
    findings.add('PHANTOM', where, 'the log has no such partition', strangers.length)
  }
  const samples =
    history === undefined ? 0 : checkHistory({ samples: history, names, log, isExempt }, findings)
  const sends = ledger === undefined ? 0 : checkProducer(ledger, log, findings)
  const records = [...log.values()].reduce((sum, partition) => sum + partition.records, 0)
  return { version: 1, records, objects: names.length, sends, samples, findings: findings.all() }

  async function checkPartition(
    where: string,
    ranges: readonly NamedRange[],
    partitionLog: PartitionLog,
  ): Promise<void> {
    const stored = ranges.reduce((last, { end }) => (end >= last ? end + 1n : last), 0n)
    const frontier = evidence.isComplete === false ? stored : partitionLog.high
    const exempt = (index: number): boolean => isExempt(partitionLog, index)
    checkNames({ where, ranges, log: partitionLog, frontier, isExempt: exempt }, findings)
    const contents = new ContentCheck(where, partitionLog, findings, exempt)
    for (const range of ranges) contents.range(range, await read(range.objects))
    contents.finish(frontier)
  }

  function checkFormer(where: string, ranges: readonly NamedRange[]): void {
    checkNames({ where, ranges, log: undefined, frontier: 0n, isExempt: () => false }, findings)
  }

  async function read(objects: readonly ObjectName[]): Promise<readonly StoredObject[]> {
    const stored: StoredObject[] = []
    for (const name of objects) {
      try {
        const content = await unpacked(await lake.read(name.key), name)
        const isParquet = name.format === 'parquet'
        stored.push({
          name,
          records: isParquet ? await parquetRecords(content) : storedRecords(name, content),
        })
      } catch (error) {
        findings.add(
          'CORRUPT',
          name.key,
          `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
    return stored
  }
}

const holds = ({ start, end }: GivenUp, offset: bigint): boolean => start <= offset && offset <= end
