/**
 * A lean member of a consumer group: one connection, raw requests, eager rebalances. It commits what it consumed before it
 * gives its partitions back, and writes everything into the ledger.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { fetch } from '../api/fetch.ts'
import { offsetCommit } from '../api/offset-commit.ts'
import { offsetFetch } from '../api/offset-fetch.ts'
import { syncGroup } from '../api/sync-group.ts'
import { errorCode } from '../error-codes.ts'
import { recordsOf } from '../log/records.ts'
import { batchesIn } from './batches.ts'
import { decodeAssignment, encodeAssignment, encodeSubscription } from './consumer-protocol.ts'
import { beat, join, leave } from './group-calls.ts'
import { type GroupLedger } from './group-ledger.ts'
import { WireClient } from './wire-client.ts'

export type GroupFacts = {
  readonly bootstrapServers: string
  readonly groupId: string
  readonly topic: string
  readonly partitions: number
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly ledger: GroupLedger
}

type Joined = { readonly memberId: string; readonly generationId: number }
type Position = { readonly partition: number; next: bigint; committed: bigint }

/** kafkajs speaks it by default: members of both kinds share a group. */
const protocolName = 'RoundRobinAssigner'

export class GroupMember {
  readonly #group: GroupFacts
  readonly #leaving = new AbortController()
  #memberId = ''

  constructor(group: GroupFacts) {
    this.#group = group
  }

  /** Ends `live`, soon. */
  leave(): void {
    this.#leaving.abort()
  }

  /** Joins, consumes through all rebalances until `leave`; then leaves the group, or just goes (`crash`). */
  async live(end: 'leave' | 'crash' = 'leave'): Promise<void> {
    await using client = await WireClient.open(this.#group.bootstrapServers)
    while (!this.#isLeaving) {
      const joined = await this.#join(client)
      const partitions = joined === undefined ? undefined : await this.#sync(client, joined)
      if (joined === undefined || partitions === undefined) continue
      this.#group.ledger.wasAssigned(joined.memberId, joined.generationId, partitions)
      const positions = await this.#positions(client, partitions)
      await this.#consume(client, joined, positions)
      if (!this.#isLeaving || end === 'leave') await this.#commit(client, joined, positions)
      for (const { partition, committed, next } of positions)
        this.#group.ledger.wasLost(partition, committed, next)
    }
    if (end === 'leave' && this.#memberId !== '')
      await leave(client, this.#group.groupId, [{ memberId: this.#memberId }])
  }

  /** A field of the signal, in a form that the compiler does not take for constant. */
  get #isLeaving(): boolean {
    return this.#leaving.signal.aborted
  }

  async #join(client: WireClient): Promise<(Joined & { readonly members: readonly string[] }) | undefined> {
    const { groupId, topic, sessionTimeoutMs } = this.#group
    const answer = await join(client, groupId, {
      memberId: this.#memberId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: 2 * sessionTimeoutMs,
      protocols: [{ name: protocolName, metadata: encodeSubscription([topic]) }],
    })
    this.#memberId = answer.errorCode === errorCode.UNKNOWN_MEMBER_ID ? '' : answer.memberId
    if (answer.errorCode !== errorCode.NONE) return undefined
    return { ...answer, members: answer.members.map(({ memberId }) => memberId) }
  }

  /** @returns the own partitions; `undefined` when the group rebalances again */
  async #sync(
    client: WireClient,
    { memberId, generationId, members }: Joined & { readonly members: readonly string[] },
  ): Promise<readonly number[] | undefined> {
    const { groupId, topic, partitions } = this.#group
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    const assignments = members.map((id, at) => ({
      memberId: id,
      assignment: encodeAssignment(
        topic,
        all.filter((partition) => partition % members.length === at),
      ),
    }))
    const names = { protocolType: 'consumer', protocolName }
    const answer = await client.call(syncGroup, { groupId, memberId, generationId, ...names, assignments })
    if (answer.errorCode === errorCode.UNKNOWN_MEMBER_ID) this.#memberId = ''
    return answer.errorCode === errorCode.NONE ? decodeAssignment(answer.assignment) : undefined
  }

  async #positions(client: WireClient, partitions: readonly number[]): Promise<readonly Position[]> {
    if (partitions.length === 0) return []
    const { groupId, topic, ledger } = this.#group
    const topics = [{ name: topic, partitionIndexes: partitions }]
    const answer = await client.call(offsetFetch, { groups: [{ groupId, topics }] }, 8)
    const told = answer.groups[0]?.topics[0]?.partitions ?? []
    if (told.length !== partitions.length) throw new Error('OffsetFetch did not answer all partitions')
    return told.map(({ partitionIndex: partition, committedOffset }) => {
      ledger.wasTold(partition, committedOffset, this.#memberId)
      const next = committedOffset < 0n ? 0n : committedOffset
      return { partition, next, committed: next }
    })
  }

  /** Until the group wants something else, or it is time to leave. */
  async #consume(client: WireClient, joined: Joined, positions: readonly Position[]): Promise<void> {
    const { groupId, heartbeatIntervalMs } = this.#group
    for (let heartbeats = 1; !this.#isLeaving; heartbeats++) {
      const pausedUntil = performance.now() + heartbeatIntervalMs
      await this.#fetch(client, positions)
      await pause(Math.max(1, pausedUntil - performance.now()))
      const code = await beat(client, groupId, joined)
      if (code === errorCode.UNKNOWN_MEMBER_ID) this.#memberId = ''
      if (code !== errorCode.NONE) return
      if (heartbeats % 3 === 0) await this.#commit(client, joined, positions)
    }
  }

  async #fetch(client: WireClient, positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return
    const { topic, ledger } = this.#group
    const partitions = positions.map(({ partition, next }) => ({
      partition,
      fetchOffset: next,
      partitionMaxBytes: 64 * 1024,
    }))
    const wish = { maxWaitMs: 10, minBytes: 1, topics: [{ topic, partitions }] }
    const { responses } = await client.call(fetch, wish, 12)
    for (const answer of responses[0]?.partitions ?? []) {
      const position = positions.find(({ partition }) => partition === answer.partitionIndex)
      if (position === undefined || answer.errorCode !== errorCode.NONE)
        throw new Error(`partition ${answer.partitionIndex} was answered with ${answer.errorCode}`)
      for (const batch of batchesIn(answer.records))
        for (const { offsetDelta } of recordsOf(batch.payload, batch.count)) {
          const offset = batch.baseOffset + BigInt(offsetDelta)
          // A batch comes whole, though the position may be inside.
          if (offset < position.next) continue
          ledger.wasConsumed(position.partition, offset)
          position.next = offset + 1n
        }
    }
  }

  async #commit(
    client: WireClient,
    { memberId, generationId }: Joined,
    positions: readonly Position[],
  ): Promise<void> {
    const moved = positions.filter(({ next, committed }) => next > committed)
    if (moved.length === 0) return
    const { groupId, topic, ledger } = this.#group
    const wanted = moved.map(({ partition, next }) => ({ partitionIndex: partition, committedOffset: next }))
    const topics = [{ name: topic, partitions: wanted }]
    const answer = await client.call(offsetCommit, { groupId, memberId, generationId, topics })
    for (const { partitionIndex, errorCode: code } of answer.topics[0]?.partitions ?? []) {
      const position = moved.find(({ partition }) => partition === partitionIndex)
      if (position === undefined || code !== errorCode.NONE) continue
      position.committed = position.next
      ledger.wasCommitted(partitionIndex, position.next)
    }
  }
}
