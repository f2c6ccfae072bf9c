/**
 * A real consumer killed at every failpoint, at its 1st to 20th occurrence (F2). After each kill the next consumer goes on
 * with the same lake, and dies at the next occurrence; after each failpoint's series the checker looks at the lake.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { S3Access } from '@pinpipe/local-stack/s3-access'
import type { FiredFailpoint } from './failpoint-runtime.ts'
import type { Fleet } from './fleet.ts'
import { jsonLines } from './json-lines.ts'
import type { LoadDriver } from './load-driver.ts'
import { ProvingGround, type Outcome } from './proving-ground.ts'

/** As many as the highest occurrence: some steps are taken once for each partition. */
const partitions = 20
/** Small ranges: two or three of them in each partition. */
const [recordsInRange, recordsInPartition] = [3, 7]
const hangWithinMs = 15_000

export type KillSeries = {
  readonly bundle: string
  readonly failpoint: string
  readonly occurrences: readonly number[]
  readonly seed: number
  readonly s3?: S3Access | undefined
}

/** One failpoint, all its occurrences, one lake. Throws when an occurrence cannot be reached. */
export async function killSeries(series: KillSeries): Promise<Outcome> {
  const { bundle, seed, s3, failpoint, occurrences } = series
  const args = ['--max-records', String(recordsInRange), '--max-age', '200ms', '--on-source-gap', 'record']
  // Twenty partitions are not recovered within a second on a busy machine: only the dead may be missed.
  const common = { scenario: 'kill-anywhere', seed, bundle, partitions, sessionTimeout: '30s' }
  const ground = await ProvingGround.open({ ...common, s3, args })
  await using scene = new Scene(ground)
  for (const occurrence of occurrences) {
    // oxlint-disable-next-line no-await-in-loop -- one death after the other
    if (!(await scene.killAt(failpoint, occurrence)))
      throw new Error(
        `the failpoint ${failpoint} was not reached ${occurrence} times in a run. ${scene.fleet.unexpected.join('\n')}`,
      )
  }
  ground.consumed = undefined
  await ground.storeAll(scene.fleet)
  return await ground.conclude([scene.fleet])
}

class Scene implements AsyncDisposable {
  readonly #ground: ProvingGround
  readonly #load: LoadDriver
  readonly fleet: Fleet
  #runs = 0
  /** The preparation that worked last comes first. */
  #preparations = [
    () => this.#moreRecords(),
    () => this.#unfinishedRanges(),
    () => this.#newTopic(),
    () => this.#deletedRecords(),
  ]

  constructor(ground: ProvingGround) {
    this.#ground = ground
    this.#load = ground.load({ poison: 0.2, tombstones: 0.1 })
    this.fleet = ground.fleet()
  }

  /** Runs consumers until one dies there. False: none of the preparations leads there. */
  async killAt(failpoint: string, occurrence: number): Promise<boolean> {
    for (const prepare of this.#preparations) {
      // oxlint-disable no-await-in-loop -- what comes next depends on it
      await prepare()
      const log = this.#failpointLog()
      const env = { FAILPOINT: `${failpoint}:${occurrence}:kill`, FAILPOINT_LOG: log }
      const exit = await this.#ground.storeAll(this.fleet, { env })
      this.#ground.forgetMembers()
      // oxlint-enable no-await-in-loop
      if (exit.signal === 'SIGKILL' && firedIn(log).length === 1) {
        this.#preparations = [prepare, ...this.#preparations.filter((one) => one !== prepare)]
        return true
      }
    }
    return false
  }

  async #moreRecords(): Promise<void> {
    await this.#load.fill(this.#ground.topic, recordsInPartition)
  }

  /** Partitions whose last range is claimed and not stored. */
  async #unfinishedRanges(): Promise<void> {
    await this.#moreRecords()
    const log = this.#failpointLog()
    const env = { FAILPOINT: 'claimed:*:hang', FAILPOINT_LOG: log }
    const member = this.fleet.join({ args: ['--until-end'], env, comesBack: false })
    const deadline = Date.now() + hangWithinMs
    while (!member.hasLeft && firedIn(log).length < partitions && Date.now() < deadline) {
      // oxlint-disable-next-line no-await-in-loop
      await sleep(20)
    }
    await member.kill()
    this.#ground.forgetMembers()
  }

  /** Partitions that no chain knows yet. */
  async #newTopic(): Promise<void> {
    this.#ground.consumed = [await this.#ground.addTopic()]
    await this.#moreRecords()
  }

  /** Records that are gone before they were stored, in each partition. */
  async #deletedRecords(): Promise<void> {
    await this.#ground.storeAll(this.fleet)
    await this.#moreRecords()
    await this.#ground.deleteRecords(this.#ground.topic)
    await this.#moreRecords()
  }

  #failpointLog(): string {
    const log = join(this.#ground.folder, `failpoints-${++this.#runs}.jsonl`)
    writeFileSync(log, '')
    return log
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ground[Symbol.asyncDispose]()
  }
}

function firedIn(log: string): readonly FiredFailpoint[] {
  return [...jsonLines<FiredFailpoint>(log)]
}
