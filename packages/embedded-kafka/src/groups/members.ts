/** Who is in a group: bookkeeping without time or messages. The state machine is `classic-group.ts`. */

import { randomUUID } from 'node:crypto'
import { RequestRefused } from '../error-codes.ts'
import { type JoinOutcome, type SyncOutcome } from './outcomes.ts'

export type Protocol = { readonly name: string; readonly metadata: Buffer }

export type Member = {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  protocols: readonly Protocol[]
  assignment: Buffer
  /** Until its first join is answered: it cannot send heartbeats, as it does not know its id. */
  isNew: boolean
  /** The answer that its JoinGroup or SyncGroup waits for. */
  awaitingJoin: ((outcome: JoinOutcome) => void) | undefined
  awaitingSync: ((outcome: SyncOutcome) => void) | undefined
}

export const noAssignment = Buffer.alloc(0)

export class Members {
  readonly #byId = new Map<string, Member>()
  readonly #idByInstance = new Map<string, string>()
  /** Ids that were given out and have not joined yet (KIP-394). */
  readonly pending = new Set<string>()
  #leaderId: string | undefined

  get size(): number {
    return this.#byId.size
  }
  get leaderId(): string {
    return this.#leaderId ?? ''
  }
  get awaitingJoin(): number {
    return this.all().filter((member) => member.awaitingJoin !== undefined).length
  }
  get haveAllJoined(): boolean {
    return this.pending.size === 0 && this.awaitingJoin === this.size
  }
  /** The group waits for its slowest member. */
  get rebalanceTimeoutMs(): number {
    return this.all().reduce((most, member) => Math.max(most, member.rebalanceTimeoutMs), 0)
  }

  all(): readonly Member[] {
    return [...this.#byId.values()]
  }

  find(id: string): Member | undefined {
    return this.#byId.get(id)
  }

  idOfInstance(instanceId: string): string | undefined {
    return this.#idByInstance.get(instanceId)
  }

  /** @throws RequestRefused UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when another member took the instance over */
  get(id: string, instanceId: string | null): Member {
    if (instanceId !== null) {
      const owner = this.#idByInstance.get(instanceId)
      if (owner === undefined) throw new RequestRefused('UNKNOWN_MEMBER_ID', `no instance ${instanceId}`)
      if (owner !== id) throw new RequestRefused('FENCED_INSTANCE_ID', `${instanceId} is now ${owner}`)
    }
    const member = this.#byId.get(id)
    if (member === undefined) throw new RequestRefused('UNKNOWN_MEMBER_ID', `no member ${id}`)
    return member
  }

  /** As Kafka builds them: the name of the client or instance, and something unique. */
  newId(clientId: string, instanceId: string | null): string {
    return `${instanceId ?? clientId}-${randomUUID()}`
  }

  add(member: Member): void {
    this.#byId.set(member.id, member)
    if (member.instanceId !== null) this.#idByInstance.set(member.instanceId, member.id)
    this.#leaderId ??= member.id
    this.pending.delete(member.id)
  }

  remove(id: string): void {
    const member = this.#byId.get(id)
    this.#byId.delete(id)
    this.pending.delete(id)
    if (member?.instanceId != null) this.#idByInstance.delete(member.instanceId)
    if (this.#leaderId === id) this.#leaderId = this.all()[0]?.id
  }

  /** A static member came back under a new id: the same place in the group. */
  replace(old: Member, id: string): Member {
    const renewed: Member = { ...old, id, awaitingJoin: undefined, awaitingSync: undefined }
    this.#byId.delete(old.id)
    this.#byId.set(id, renewed)
    if (old.instanceId !== null) this.#idByInstance.set(old.instanceId, id)
    if (this.#leaderId === old.id) this.#leaderId = id
    return renewed
  }

  /** The leader must have joined this time. @returns whether anybody leads */
  electJoinedLeader(): boolean {
    const leader = this.#byId.get(this.leaderId)
    if (leader?.awaitingJoin !== undefined) return true
    const joined = this.all().find((member) => member.awaitingJoin !== undefined)
    if (leader === undefined || joined === undefined) return false
    this.#leaderId = joined.id
    return true
  }

  /** Whether one of these protocols is spoken by all other members. */
  supportsOneOf(names: readonly string[]): boolean {
    return names.some((name) => this.all().every(({ protocols }) => speaks(protocols, name)))
  }

  /** Each member votes for its favourite among those that all speak. */
  selectProtocol(): string {
    const all = this.all()
    const common = (all[0]?.protocols ?? [])
      .map(({ name }) => name)
      .filter((name) => all.every(({ protocols }) => speaks(protocols, name)))
    const votes = new Map<string, number>(common.map((name) => [name, 0]))
    for (const { protocols } of all) {
      const favourite = protocols.find(({ name }) => votes.has(name))
      if (favourite !== undefined) votes.set(favourite.name, (votes.get(favourite.name) ?? 0) + 1)
    }
    const [first = ''] = [...votes.keys()].toSorted((a, b) => (votes.get(b) ?? 0) - (votes.get(a) ?? 0))
    return first
  }
}

function speaks(protocols: readonly Protocol[], wanted: string): boolean {
  return protocols.some(({ name }) => name === wanted)
}

export function sameProtocols(a: readonly Protocol[], b: readonly Protocol[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, metadata }, at) => b[at]?.name === name && b[at].metadata.equals(metadata))
  )
}
