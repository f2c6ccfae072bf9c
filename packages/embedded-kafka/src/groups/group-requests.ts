/** What members ask of their group, and the limits that the coordinator holds them to. */

import { type Protocol } from './members.ts'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export type GroupTimes = {
  /** The first rebalance of an empty group waits so long for more members. */
  readonly initialRebalanceDelayMs: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly maxSize: number
}

/** Who a client says it is. */
export type Identity = { readonly memberId: string; readonly groupInstanceId: string | null }

export type JoinRequest = Identity & {
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
  readonly clientId: string
  readonly clientHost: string
  /** KIP-394: a new member gets its id first, and joins with it. */
  readonly needsKnownId: boolean
  /** KIP-814: a static leader that comes back may be told to leave the assignment as it is. */
  readonly canSkipAssignment: boolean
}

export type SyncRequest = Identity & {
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[]
}
