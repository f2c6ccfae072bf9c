/** All groups of the cluster. */

import { type Clock } from '../clock.ts'
import { RequestRefused } from '../error-codes.ts'
import { ClassicGroup } from './classic-group.ts'
import { type GroupTimes } from './group-requests.ts'

/** offsets.retention.minutes */
const offsetRetentionMs = 7 * 86_400_000

export class Groups {
  readonly times: GroupTimes
  readonly #byId = new Map<string, ClassicGroup>()
  readonly #clock: Clock

  constructor(clock: Clock, times: GroupTimes) {
    this.#clock = clock
    this.times = times
  }

  all(): readonly ClassicGroup[] {
    return [...this.#byId.values()]
  }

  find(id: string): ClassicGroup | undefined {
    return this.#byId.get(id)
  }

  findOrCreate(id: string): ClassicGroup {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const group = new ClassicGroup(id, this.#clock, this.times)
    this.#byId.set(id, group)
    return group
  }

  /** @throws RequestRefused GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP */
  delete(id: string): void {
    const group = this.#byId.get(id)
    if (group === undefined) throw new RequestRefused('GROUP_ID_NOT_FOUND', `Group ${id} not found.`)
    if (group.state !== 'Empty') throw new RequestRefused('NON_EMPTY_GROUP', 'The group is not empty.')
    group.close()
    this.#byId.delete(id)
  }

  topicDeleted(topic: string): void {
    for (const { offsets } of this.#byId.values()) offsets.deleteTopic(topic)
  }

  endTransaction(groupId: string, producerId: bigint, isCommit: boolean): void {
    this.#byId.get(groupId)?.offsets.endTransaction(producerId, isCommit)
  }

  /** Offsets of empty groups expire, and then the groups. */
  expire(): void {
    const before = this.#clock.now() - offsetRetentionMs
    for (const group of this.#byId.values()) {
      if (group.state !== 'Empty') continue
      if (group.protocolType === '' || group.emptySince < before) group.offsets.expire(before)
      const isNeeded = group.offsets.size > 0 || group.offsets.hasPending() || group.members.pending.size > 0
      if (!isNeeded && group.emptySince < before) this.delete(group.id)
    }
  }

  close(): void {
    for (const group of this.#byId.values()) group.close()
  }
}
