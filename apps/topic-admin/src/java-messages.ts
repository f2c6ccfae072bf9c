/**
 * What Kafka's brokers say when they refuse a change, in their words (4.1): the Java tool prints it after
 * `Error while executing topic command : `. Our client is told only an error code, so the sentence is made again from
 * the code and the facts that it speaks of. Where that is not possible our own sentence stands there.
 */
import { sentenceOf } from '@pinpipe/service/failure'
import { collisionOf } from './plan.ts'

/** What is known about the topic that was to be created. */
export type CreateFacts = {
  readonly topic: string
  readonly replicationFactor: number | undefined
  readonly replicaAssignment: readonly (readonly number[])[] | undefined
  readonly existing: readonly string[]
  readonly brokers: readonly number[]
}

/** Why a topic was not created. */
export function createMessage(error: unknown, facts: CreateFacts): string {
  const { topic, replicationFactor, brokers } = facts
  switch (codeOf(error)) {
    case 'TOPIC_EXISTS':
      return `Topic '${topic}' already exists.`
    case 'INVALID_TOPIC':
      return invalidTopicMessage(facts) ?? sentenceOf(error)
    case 'INVALID_REPLICATION':
      if (replicationFactor !== undefined) {
        return `Unable to replicate the partition ${replicationFactor} time(s): The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} broker(s) are registered.`
      }
      break
    default:
  }
  return unknownBroker(facts.replicaAssignment ?? [], brokers) ?? sentenceOf(error)
}

export type PartitionsFacts = {
  readonly topic: string
  readonly from: number
  readonly to: number
  /** Brokers of the new partitions only. */
  readonly assignment: readonly (readonly number[])[] | undefined
}

/**
 * Why a topic cannot get its partitions, as far as that is known before the broker is asked (a client may send an
 * assignment of nothing as no assignment at all, and succeed).
 */
export function partitionsProblem({ topic, from, to, assignment }: PartitionsFacts): string | undefined {
  if (to === from) return `Topic already has ${from} partition(s).`
  if (to < from) {
    return `The topic ${topic} currently has ${from} partition(s); ${to} would not be an increase.`
  }
  if (assignment !== undefined && assignment.length !== to - from) {
    return `Attempted to add ${to - from} additional partition(s), but only ${assignment.length} assignment(s) were specified.`
  }
  return undefined
}

/** Why a topic did not get its partitions when the broker was asked. */
export function partitionsMessage(
  error: unknown,
  assignment: PartitionsFacts['assignment'],
  brokers: readonly number[],
): string {
  return unknownBroker(assignment ?? [], brokers) ?? sentenceOf(error)
}

function invalidTopicMessage({ topic, existing }: CreateFacts): string | undefined {
  if (topic === '.' || topic === '..') return `Topic name is invalid: '${topic}' is not allowed`
  if (topic.length > 249) {
    return `Topic name is invalid: the length of '${topic}' is longer than the max allowed length 249`
  }
  if (!/^[A-Za-z0-9._-]*$/.test(topic)) {
    return `Topic name is invalid: '${topic}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  const other = collisionOf(topic, existing)
  return other === undefined ? undefined : `Topic '${topic}' collides with existing topic: ${other}`
}

function unknownBroker(
  assignment: readonly (readonly number[])[],
  brokers: readonly number[],
): string | undefined {
  const unknown = assignment.flat().find((broker) => !brokers.includes(broker))
  return unknown === undefined
    ? undefined
    : `The manual partition assignment includes broker ${unknown}, but no such broker is registered.`
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
