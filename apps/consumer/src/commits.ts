/** Commits of what is stored. Each is a hint for other tools (K7, R6): one that does not work is made up for by the next. */
import type { RecordConsumer } from '@pinpipe/kafka/record-consumer'
import { sentenceOf } from '@pinpipe/service/failure'
import type { Clock } from './clock.ts'
import type { Events } from './events.ts'
import type { Lane } from './lane.ts'
import { keyOf } from './partition-key.ts'
import { pause } from './waiting.ts'

/** The last commit has no later one to make up for it: during a rebalance it takes a few. */
const lastCommitAttempts = 4
const lastCommitPauseMs = 500

export type CommitsOptions = {
  readonly consumer: Pick<RecordConsumer, 'commit'>
  readonly events: Events
  readonly clock: Clock
  /** Of the assignment of the moment: nothing is committed for other lanes. */
  readonly lanes: ReadonlyMap<string, Lane>
}

export class Commits {
  readonly #options: CommitsOptions

  constructor(options: CommitsOptions) {
    this.#options = options
  }

  /** False when the group did not take it. Never rejects. */
  async send(lanes: readonly Lane[]): Promise<boolean> {
    const owned = lanes.filter((lane) => this.#isOurs(lane))
    const offsets = owned.map((lane) => lane.offsets.commitOf(lane.at))
    if (offsets.length === 0) return false
    let why = 'the group did not take it'
    try {
      if (await this.#options.consumer.commit(offsets)) {
        for (const [i, lane] of owned.entries()) lane.offsets.commitTaken(offsets[i]?.offset ?? 0n)
        return true
      }
    } catch (error) {
      why = sentenceOf(error)
    }
    for (const offset of offsets) this.#options.events.commitNotTaken(offset, why)
    return false
  }

  /** Before the consumer stops. Never rejects. */
  async sendLast(lanes: readonly Lane[]): Promise<void> {
    const left = (): Lane[] => lanes.filter((lane) => this.#isOurs(lane) && lane.offsets.hasUncommitted)
    for (let attempt = 1; attempt < lastCommitAttempts && left().length > 0; attempt++) {
      if (!(await this.send(left()))) await pause(this.#options.clock, lastCommitPauseMs)
    }
    if (left().length > 0 && !(await this.send(left()))) {
      this.#options.events.lastCommitNotTaken(left().map((lane) => lane.at))
    }
  }

  #isOurs(lane: Lane): boolean {
    return this.#options.lanes.get(keyOf(lane.at)) === lane
  }
}
