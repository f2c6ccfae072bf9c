/**
 * The classic rebalance protocol of one group (KIP-62, 134, 345, 394), as Kafka's coordinator runs it.
 *
 *     Empty ─ join ─► PreparingRebalance ─ all joined ─► CompletingRebalance ─ leader synced ─► Stable
 *       ▲                    ▲   └── nobody left ──► Empty      └── join, leave, time-out ──► PreparingRebalance ◄──┘
 *
 * Rule: a member is answered exactly once for each JoinGroup and SyncGroup that waits; whoever removes or replaces a
 * member answers it. Only the state machine here moves between states, and only `#prepareRebalance` begins a rebalance.
 */

import { type Clock, type Timer } from '../clock.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { GroupOffsets } from './group-offsets.ts'
import {
  type GroupState,
  type GroupTimes,
  type Identity,
  type JoinRequest,
  type SyncRequest,
} from './group-requests.ts'
import { JoinPhase } from './join-phase.ts'
import { type Member, Members, noAssignment, sameProtocols } from './members.ts'
import { type JoinOutcome, type SyncOutcome, joinRefused, syncRefused } from './outcomes.ts'
import { Sessions } from './sessions.ts'

/** A new member has so long to be answered; it cannot send heartbeats before. */
const newMemberJoinTimeoutMs = 5 * 60_000

export class ClassicGroup {
  readonly id: string
  readonly members = new Members()
  readonly offsets = new GroupOffsets()
  readonly #clock: Clock
  readonly #times: GroupTimes
  /** Of members, and of those that got an id and have not joined yet. */
  readonly #sessions: Sessions
  readonly #joinPhase: JoinPhase
  readonly #awaitedSyncs = new Set<string>()
  #state: GroupState = 'Empty'
  #generationId = 0
  #protocolType: string | null = null
  #protocolName: string | null = null
  #syncTimer: Timer | undefined
  /** When the group became empty, for the expiry of its offsets. */
  #emptySince: number

  constructor(id: string, clock: Clock, times: GroupTimes) {
    this.id = id
    this.#clock = clock
    this.#times = times
    this.#emptySince = clock.now()
    this.#sessions = new Sessions(clock, (memberId) => this.#sessionEnded(memberId))
    this.#joinPhase = new JoinPhase(clock, () => this.#completeJoin())
  }

  get state(): GroupState {
    return this.#state
  }
  get generationId(): number {
    return this.#generationId
  }
  get protocolType(): string {
    return this.#protocolType ?? ''
  }
  get protocolName(): string {
    return this.#protocolName ?? ''
  }
  get emptySince(): number {
    return this.#emptySince
  }

  /** Resolves when the rebalance lets the member in, or refuses it. */
  join(request: JoinRequest): Promise<JoinOutcome> {
    return new Promise((answer) => {
      try {
        this.#join(request, answer)
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error
        answer(joinRefused(error.code, request.memberId))
      }
    })
  }

  /** Resolves when the leader has told the assignments. */
  sync(request: SyncRequest): Promise<SyncOutcome> {
    return new Promise((answer) => {
      try {
        this.#sync(request, answer)
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error
        answer(syncRefused(error.code))
      }
    })
  }

  /** @throws RequestRefused UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION or REBALANCE_IN_PROGRESS */
  heartbeat(memberId: string, instanceId: string | null, generationId: number): void {
    const member = this.members.get(memberId, instanceId)
    this.#checkGeneration(generationId)
    this.#keepAlive(member)
    if (this.#state === 'PreparingRebalance')
      throw new RequestRefused('REBALANCE_IN_PROGRESS', 'the group is rebalancing')
  }

  /** @returns an error code for each identity; one rebalance follows for all that left */
  leave(identities: readonly Identity[]): readonly number[] {
    const codes = identities.map(({ memberId, groupInstanceId }) => this.#leaveOne(memberId, groupInstanceId))
    if (codes.includes(errorCode.NONE)) {
      if (this.#state === 'Stable' || this.#state === 'CompletingRebalance') this.#prepareRebalance()
      else if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllJoined()
    }
    return codes
  }

  /** @throws RequestRefused: who may commit offsets now, by Kafka's rules */
  checkCommit(
    { memberId, groupInstanceId, generationId }: Identity & { readonly generationId: number },
    isTransactional: boolean,
  ): void {
    if (generationId < 0 && this.#state === 'Empty') return
    if (generationId >= 0 || memberId !== '' || groupInstanceId !== null) {
      this.members.get(memberId, groupInstanceId)
      this.#checkGeneration(generationId)
    } else if (!isTransactional) {
      throw new RequestRefused('UNKNOWN_MEMBER_ID', 'the group has members, and the request names none')
    }
    if (!isTransactional && this.#state === 'CompletingRebalance')
      throw new RequestRefused('REBALANCE_IN_PROGRESS', 'the group waits for its assignments')
  }

  /** A commit is as good as a heartbeat, but while assignments are awaited. */
  committed(memberId: string): void {
    const member = this.members.find(memberId)
    if (member !== undefined && (this.#state === 'Stable' || this.#state === 'PreparingRebalance'))
      this.#keepAlive(member)
  }

  /** Ends a member's session now, as if its heartbeats had stopped; for faults. */
  expire(memberId: string): void {
    const member = this.members.find(memberId)
    if (member !== undefined) this.#removeAndRebalance(member)
  }

  /** The group is deleted, or the broker closes: nothing happens in it any more. */
  close(): void {
    this.#sessions.close()
    this.#joinPhase.end()
    this.#syncTimer?.cancel()
    this.#state = 'Dead'
  }

  #join(request: JoinRequest, answer: (outcome: JoinOutcome) => void): void {
    const { memberId, groupInstanceId } = request
    if (!this.#hasPlaceFor(memberId)) {
      this.members.remove(memberId)
      answer(joinRefused(errorCode.GROUP_MAX_SIZE_REACHED, ''))
    } else if (!this.#supports(request)) {
      answer(joinRefused(errorCode.INCONSISTENT_GROUP_PROTOCOL, memberId))
    } else if (memberId === '') {
      this.#joinNew(request, answer)
    } else if (this.members.pending.has(memberId)) {
      this.#addMember(memberId, request, answer)
    } else {
      this.#joinAgain(this.members.get(memberId, groupInstanceId), request, answer)
    }
  }

  #joinNew(request: JoinRequest, answer: (outcome: JoinOutcome) => void): void {
    const { clientId, groupInstanceId } = request
    const newId = this.members.newId(clientId, groupInstanceId)
    const formerId = groupInstanceId === null ? undefined : this.members.idOfInstance(groupInstanceId)
    const former = formerId === undefined ? undefined : this.members.find(formerId)
    if (former !== undefined) {
      this.#takeOver(former, newId, request, answer)
    } else if (groupInstanceId === null && request.needsKnownId) {
      this.members.pending.add(newId)
      this.#sessions.renew(newId, request.sessionTimeoutMs)
      answer(joinRefused(errorCode.MEMBER_ID_REQUIRED, newId))
    } else {
      this.#addMember(newId, request, answer)
    }
  }

  #joinAgain(member: Member, request: JoinRequest, answer: (outcome: JoinOutcome) => void): void {
    const isChanged = !sameProtocols(member.protocols, request.protocols)
    const isLeader = member.id === this.members.leaderId
    switch (this.#state) {
      case 'PreparingRebalance':
        return this.#rejoin(member, request, answer)
      case 'CompletingRebalance':
        // The same again: the answer to its first join was lost.
        if (isChanged) return this.#rejoin(member, request, answer)
        return answer(this.#joined(member))
      case 'Stable':
        // A leader that joins wants a rebalance; a follower only if it has something new to say.
        if (isLeader || isChanged) return this.#rejoin(member, request, answer)
        return answer({ ...this.#joined(member), members: [] })
      default:
        return answer(joinRefused(errorCode.UNKNOWN_MEMBER_ID, member.id))
    }
  }

  #rejoin(member: Member, request: JoinRequest, answer: (outcome: JoinOutcome) => void): void {
    this.#update(member, request, answer)
    this.#rebalanceOrComplete()
  }

  #addMember(id: string, request: JoinRequest, answer: (outcome: JoinOutcome) => void): void {
    if (this.members.size === 0) this.#protocolType = request.protocolType
    this.#joinPhase.somebodyJoined()
    this.members.add({
      id,
      instanceId: request.groupInstanceId,
      clientId: request.clientId,
      clientHost: request.clientHost,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      sessionTimeoutMs: request.sessionTimeoutMs,
      protocols: request.protocols,
      assignment: noAssignment,
      isNew: true,
      awaitingJoin: answer,
      awaitingSync: undefined,
    })
    this.#sessions.renew(id, newMemberJoinTimeoutMs)
    this.#rebalanceOrComplete()
  }

  /** A static member came back without its id: in a stable group nothing moves. */
  #takeOver(
    former: Member,
    newId: string,
    request: JoinRequest,
    answer: (outcome: JoinOutcome) => void,
  ): void {
    const wasLeader = this.members.leaderId
    this.#sessions.forget(former.id)
    // Whoever still waits under the old id is fenced.
    former.awaitingJoin?.(joinRefused(errorCode.FENCED_INSTANCE_ID, former.id))
    former.awaitingSync?.(syncRefused(errorCode.FENCED_INSTANCE_ID))
    const member = this.members.replace(former, newId)
    if (this.#awaitedSyncs.delete(former.id)) this.#awaitedSyncs.add(newId)
    this.#keepAlive(member)
    this.#update(member, request, answer)
    if (this.#state === 'Stable') {
      if (this.members.selectProtocol() !== this.#protocolName) return this.#rebalanceOrComplete()
      const isLeader = newId === this.members.leaderId
      const outcome = request.canSkipAssignment
        ? { ...this.#joined(member), skipAssignment: isLeader }
        : { ...this.#joined(member), members: [], leader: wasLeader }
      return this.#answerJoin(member, outcome)
    }
    if (this.#state === 'CompletingRebalance') return this.#prepareRebalance()
    return this.#completeJoinIfAllJoined()
  }

  #update(member: Member, request: JoinRequest, answer: (outcome: JoinOutcome) => void): void {
    member.protocols = request.protocols
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
    member.sessionTimeoutMs = request.sessionTimeoutMs
    member.awaitingJoin = answer
  }

  #sync(request: SyncRequest, answer: (outcome: SyncOutcome) => void): void {
    const member = this.members.get(request.memberId, request.groupInstanceId)
    this.#checkGeneration(request.generationId)
    if (
      differs(request.protocolType, this.#protocolType) ||
      differs(request.protocolName, this.#protocolName)
    )
      throw new RequestRefused('INCONSISTENT_GROUP_PROTOCOL', 'the group speaks another protocol')
    if (this.#state === 'PreparingRebalance')
      throw new RequestRefused('REBALANCE_IN_PROGRESS', 'the group is rebalancing')
    this.#awaitedSyncs.delete(member.id)
    if (this.#state === 'Stable') return answer(this.#synced(member))
    member.awaitingSync = answer
    if (member.id !== this.members.leaderId) return
    const byMember = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]))
    this.#state = 'Stable'
    for (const each of this.members.all()) {
      each.assignment = byMember.get(each.id) ?? noAssignment
      this.#answerSync(each, this.#synced(each))
    }
  }

  #leaveOne(memberId: string, instanceId: string | null): number {
    try {
      const id = memberId === '' && instanceId !== null ? this.members.idOfInstance(instanceId) : memberId
      if (id !== undefined && this.members.pending.has(id)) {
        this.members.pending.delete(id)
        this.#sessions.forget(id)
      } else {
        this.#remove(this.members.get(id ?? '', memberId === '' ? null : instanceId))
      }
      return errorCode.NONE
    } catch (error) {
      if (error instanceof RequestRefused) return error.code
      throw error
    }
  }

  #rebalanceOrComplete(): void {
    if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllJoined()
    else this.#prepareRebalance()
  }

  #prepareRebalance(): void {
    if (this.#state === 'CompletingRebalance')
      for (const member of this.members.all()) {
        member.assignment = noAssignment
        this.#answerSync(member, syncRefused(errorCode.REBALANCE_IN_PROGRESS))
      }
    this.#awaitedSyncs.clear()
    this.#syncTimer?.cancel()
    const isInitial = this.#state === 'Empty'
    const { rebalanceTimeoutMs } = this.members
    this.#state = 'PreparingRebalance'
    if (isInitial) this.#joinPhase.beginInitial(this.#times.initialRebalanceDelayMs, rebalanceTimeoutMs)
    else if (this.members.haveAllJoined) this.#completeJoin()
    else this.#joinPhase.endAfter(rebalanceTimeoutMs)
  }

  #completeJoinIfAllJoined(): void {
    if (this.#state === 'PreparingRebalance' && !this.#joinPhase.isInitial && this.members.haveAllJoined)
      this.#completeJoin()
  }

  #completeJoin(): void {
    for (const member of this.members.all())
      if (member.awaitingJoin === undefined && member.instanceId === null) {
        this.members.remove(member.id)
        this.#sessions.forget(member.id)
      }
    // Only static members are left, and none of them came: they keep their places until their sessions end.
    if (!this.members.electJoinedLeader() && this.members.size > 0)
      return this.#joinPhase.endAfter(this.members.rebalanceTimeoutMs)
    this.#joinPhase.end()
    this.#generationId += 1
    if (this.members.size === 0) {
      this.#protocolName = null
      this.#state = 'Empty'
      this.#emptySince = this.#clock.now()
      return
    }
    this.#protocolName = this.members.selectProtocol()
    this.#state = 'CompletingRebalance'
    for (const member of this.members.all()) {
      this.#answerJoin(member, this.#joined(member))
      this.#keepAlive(member)
      member.isNew = false
      this.#awaitedSyncs.add(member.id)
    }
    this.#syncTimer = this.#clock.after(this.members.rebalanceTimeoutMs, () => this.#dropUnsynced())
  }

  /** Members that joined and never asked for their assignment hold up the others. */
  #dropUnsynced(): void {
    if (this.#awaitedSyncs.size === 0) return
    for (const id of this.#awaitedSyncs) {
      this.members.remove(id)
      this.#sessions.forget(id)
    }
    this.#prepareRebalance()
  }

  #remove(member: Member): void {
    this.#sessions.forget(member.id)
    this.#answerJoin(member, joinRefused(errorCode.UNKNOWN_MEMBER_ID, ''))
    this.#answerSync(member, syncRefused(errorCode.UNKNOWN_MEMBER_ID))
    this.#awaitedSyncs.delete(member.id)
    this.members.remove(member.id)
  }

  #removeAndRebalance(member: Member): void {
    this.#remove(member)
    if (this.#state === 'Stable' || this.#state === 'CompletingRebalance') this.#prepareRebalance()
    else if (this.#state === 'PreparingRebalance' && this.members.haveAllJoined) this.#completeJoin()
  }

  #keepAlive(member: Member): void {
    this.#sessions.renew(member.id, member.sessionTimeoutMs)
  }

  #sessionEnded(memberId: string): void {
    if (this.members.pending.delete(memberId)) {
      if (this.#state === 'PreparingRebalance' && this.members.haveAllJoined) this.#completeJoin()
      return
    }
    const member = this.members.find(memberId)
    if (member === undefined) return
    // Who waits for an answer cannot send heartbeats; a new session begins with the answer.
    const waits = member.awaitingJoin !== undefined || member.awaitingSync !== undefined
    if (member.isNew || !waits) this.#removeAndRebalance(member)
  }

  #answerJoin(member: Member, outcome: JoinOutcome): void {
    member.awaitingJoin?.(outcome)
    member.awaitingJoin = undefined
  }

  #answerSync(member: Member, outcome: SyncOutcome): void {
    if (member.awaitingSync === undefined) return
    member.awaitingSync(outcome)
    member.awaitingSync = undefined
    if (this.members.find(member.id) === member) this.#keepAlive(member)
  }

  #joined(member: Member): JoinOutcome {
    const isLeader = member.id === this.members.leaderId
    return {
      errorCode: errorCode.NONE,
      generationId: this.#generationId,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      leader: this.members.leaderId,
      skipAssignment: false,
      memberId: member.id,
      members: isLeader
        ? this.members.all().map(({ id, instanceId, protocols }) => ({
            memberId: id,
            groupInstanceId: instanceId,
            metadata: protocols.find(({ name }) => name === this.#protocolName)?.metadata ?? noAssignment,
          }))
        : [],
    }
  }

  #synced({ assignment }: Member): SyncOutcome {
    return {
      errorCode: errorCode.NONE,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      assignment,
    }
  }

  #checkGeneration(generationId: number): void {
    if (generationId !== this.#generationId)
      throw new RequestRefused('ILLEGAL_GENERATION', `the group is in generation ${this.#generationId}`)
  }

  #hasPlaceFor(memberId: string): boolean {
    const { maxSize } = this.#times
    const member = this.members.find(memberId)
    if (this.#state === 'Empty' || this.#state === 'Dead') return true
    if (this.#state === 'PreparingRebalance')
      return member?.awaitingJoin !== undefined || this.members.awaitingJoin < maxSize
    return member !== undefined || this.members.size < maxSize
  }

  #supports({ protocolType, protocols }: JoinRequest): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0
    return (
      protocolType === this.#protocolType && this.members.supportsOneOf(protocols.map(({ name }) => name))
    )
  }
}

function differs(theirs: string | null, ours: string | null): boolean {
  return theirs !== null && ours !== null && theirs !== ours
}
