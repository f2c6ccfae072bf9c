/** What the scenarios of the mutants are made of: a consumer that ends in any case, waits that end in any case, logs, samples. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
// oxlint-disable-next-line no-restricted-imports -- deleting records is not for the apps' port
import { Kafka, logLevel } from 'kafkajs'
import { check, readLogFor } from './check.ts'
import type { HistorySample } from './check-history.ts'
import type { LedgerEntry } from './check-producer.ts'
import type { CheckReport } from './finding.ts'
import type { Fleet, Launch, Member } from './fleet.ts'
import { jsonLines } from './json-lines.ts'
import { openLakeReader } from './lake-reader.ts'
import { dumpLog, readLog } from './log-dump.ts'
import type { Log } from './partition-log.ts'
import type { ProvingGround } from './proving-ground.ts'
import { startSampler, type Sampler } from './sampler.ts'

/** A mutant may hang: it is killed then, and what it did not store is lost. */
const patienceMs = 40_000

/** A consumer that runs until the end, or until it is killed for taking too long. */
export async function run(fleet: Fleet, launch: Launch = {}): Promise<void> {
  const args = ['--until-end', ...(launch.args ?? [])]
  await exited(fleet.join({ ...launch, args, comesBack: false }))
}

export async function exited(member: Member): Promise<void> {
  const timer = setTimeout(() => void member.kill(), patienceMs)
  await member.exited
  clearTimeout(timer)
}

/** Waits for it, but not for ever. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await isSo()) && performance.now() < end) await sleep(30)
}

/** What an instrumented consumer says of its failpoints. */
export function firedFile(ground: ProvingGround): {
  readonly path: string
  happened(member: Member): Promise<void>
} {
  const path = join(ground.folder, `fired-${performance.now()}.jsonl`)
  return {
    path,
    /** Waits until one has fired, or the member has ended. */
    async happened(member) {
      await until(() => existsSync(path) || member.hasLeft)
    },
  }
}

async function dumpOf({ brokers, folder }: ProvingGround, topic: string): Promise<string> {
  const file = join(folder, `${topic}-${performance.now()}.log`)
  await dumpLog(brokers, topic, file)
  return file
}

export async function logOf(ground: ProvingGround, ...topics: readonly string[]): Promise<Log> {
  return await readLog(
    await Promise.all((topics.length === 0 ? ground.topics : topics).map((topic) => dumpOf(ground, topic))),
  )
}

/** As retention would: everything below the offset. */
export async function deleteRecords({ brokers, topic }: ProvingGround, offset: bigint): Promise<void> {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  // Without it, kafkajs does not know the leader.
  await admin.fetchTopicMetadata({ topics: [topic] })
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  await admin.disconnect()
}

/** Samples commits and lake until the check. */
export async function watch(
  ground: ProvingGround,
  groups: readonly string[] = [],
): Promise<AsyncDisposable & { check(): Promise<CheckReport> }> {
  const { brokers, topics, lake, env } = ground
  const file = join(ground.folder, 'history.jsonl')
  const sampler: Sampler = await startSampler({
    brokers,
    topics,
    lake,
    env,
    file,
    groups: [ground.group, ...groups],
    everyMs: 40,
  })
  return {
    async check() {
      await sampler.stop()
      const reader = openLakeReader(lake, env)
      const dumps = await Promise.all(topics.map((topic) => dumpOf(ground, topic)))
      const ledger = existsSync(ground.ledger) ? { ledger: jsonLines<LedgerEntry>(ground.ledger) } : {}
      const history = jsonLines<HistorySample>(file)
      return await check({ log: await readLogFor(reader, dumps), lake: reader, history, ...ledger })
    },
    [Symbol.asyncDispose]: () => sampler[Symbol.asyncDispose](),
  }
}
