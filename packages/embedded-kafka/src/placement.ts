/** Which brokers hold which partition. Pure. */

import { RequestRefused } from './error-codes.ts'

/**
 * Round robin over the brokers: leaders are spread evenly, and the next topic begins one broker further.
 * @throws RequestRefused INVALID_REPLICATION_FACTOR
 */
export function placeReplicas(
  brokerIds: readonly number[],
  partitions: number,
  replicationFactor: number,
  start: number,
): readonly (readonly number[])[] {
  if (replicationFactor > brokerIds.length)
    throw new RequestRefused(
      'INVALID_REPLICATION_FACTOR',
      `Unable to replicate the partition ${replicationFactor} time(s): The target replication factor of ${replicationFactor} cannot be reached because only ${brokerIds.length} broker(s) are registered.`,
    )
  return Array.from({ length: partitions }, (_, partition) =>
    Array.from(
      { length: replicationFactor },
      (__, replica) => brokerIds[(start + partition + replica) % brokerIds.length] ?? -1,
    ),
  )
}

/** What a client may say about replicas. @throws RequestRefused INVALID_REPLICA_ASSIGNMENT */
export function checkAssignment(
  replicas: readonly number[],
  brokerIds: readonly number[],
  replicationFactor: number | undefined,
): void {
  if (replicas.length === 0) refuse('an empty replica list.')
  const sorted = replicas.toSorted((a, b) => a - b)
  for (const [at, id] of sorted.entries()) {
    if (!brokerIds.includes(id)) refuse(`broker ${id}, but no such broker is registered.`)
    if (sorted[at - 1] === id) refuse(`the broker ${id} more than once.`)
  }
  if (replicationFactor !== undefined && replicas.length !== replicationFactor)
    refuse(
      `a partition with ${replicas.length} replica(s), but this is not consistent with previous partitions, which have ${replicationFactor} replica(s).`,
    )
}

function refuse(message: string): never {
  throw new RequestRefused(
    'INVALID_REPLICA_ASSIGNMENT',
    `The manual partition assignment includes ${message}`,
  )
}
