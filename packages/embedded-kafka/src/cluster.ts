/** All state of the embedded Kafka. Handlers get it with each request; it knows nothing of sockets. */

import { randomBytes } from 'node:crypto'
import { Denials } from './access.ts'
import { Brokers } from './brokers.ts'
import { type Clock, type Timer } from './clock.ts'
import { Coordinators } from './coordinators.ts'
import { FaultRules } from './fault-rules.ts'
import { type GroupTimes } from './groups/group-requests.ts'
import { Groups } from './groups/groups.ts'
import { InternalErrors } from './internal-errors.ts'
import { LogMemory, type OnFull } from './log/log-memory.ts'
import { type Topic, Topics } from './topics.ts'
import { Transactions } from './transactions/transactions.ts'

export type ClusterOptions = {
  readonly brokers: number
  readonly host: string
  readonly clock: Clock
  readonly maxBytes: number
  readonly onFull: OnFull
  readonly autoCreateTopics: boolean
  readonly defaultPartitions: number
  readonly groupTimes: GroupTimes
}

/** producer.id.expiration.ms */
const producerExpirationMs = 86_400_000
const cleanupIntervalMs = 5 * 60_000

export class Cluster {
  /** As Java writes it: base64url, 22 characters. */
  readonly id = randomBytes(16).toString('base64url')
  readonly options: ClusterOptions
  readonly clock: Clock
  readonly brokers: Brokers
  readonly memory: LogMemory
  readonly topics: Topics
  readonly groups: Groups
  readonly transactions: Transactions
  readonly faultRules = new FaultRules()
  readonly internalErrors = new InternalErrors()
  readonly denials = new Denials()
  readonly coordinators: Coordinators

  #cleanup: Timer | undefined

  constructor(options: ClusterOptions) {
    this.options = options
    this.clock = options.clock
    this.brokers = new Brokers(options.brokers, options.host)
    this.memory = new LogMemory(options.maxBytes, options.onFull)
    this.topics = new Topics(this.brokers, this.clock, this.memory)
    this.groups = new Groups(this.clock, options.groupTimes)
    this.transactions = new Transactions(this.clock, this.topics, this.groups)
    this.coordinators = new Coordinators(this.brokers)
    this.runCleanup()
  }

  deleteTopic(topic: Topic): void {
    this.topics.delete(topic)
    this.groups.topicDeleted(topic.name)
  }

  /** Deletes and compacts by the topics' settings, now and every five minutes (log.retention.check.interval.ms). */
  runCleanup(): void {
    const now = this.clock.now()
    for (const { configs, partitions } of this.topics.all())
      for (const { log } of partitions) {
        log.producers.expire(now - producerExpirationMs)
        const policies = configs.list('cleanup.policy')
        if (policies.includes('delete')) log.retain(now)
        if (policies.includes('compact')) log.compact(now)
      }
    this.groups.expire()
    this.#cleanup?.cancel()
    this.#cleanup = this.clock.after(cleanupIntervalMs, () => this.runCleanup())
  }

  /** Nothing happens by itself any more. */
  close(): void {
    this.groups.close()
    this.transactions.close()
    this.faultRules.clear()
    this.#cleanup?.cancel()
  }

  get defaultReplicationFactor(): number {
    return Math.min(3, this.brokers.all.length)
  }
}
