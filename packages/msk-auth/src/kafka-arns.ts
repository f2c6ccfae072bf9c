/** The ARNs of what is in a cluster, made from the cluster's own. Pure. */

import { MskAuthError } from './errors.ts'
import { type KafkaResource } from './kafka-actions.ts'

// A policy could hold wildcards here; the ARN of one cluster has none. Serverless ones end in -s1, -s2 …
const clusterArnPattern =
  /^arn:(aws[a-z-]*):kafka:([a-z]{2,}(?:-[a-z]+)+-\d+):(\d{12}):cluster\/([A-Za-z0-9-]{1,64})\/([0-9A-Za-z-]+)$/
const topicPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/

/** @throws {MskAuthError} INVALID_ARN unless it is the ARN of one cluster */
export function clusterArn(arn: string): string {
  if (clusterArnPattern.test(arn)) return arn
  throw new MskAuthError(
    'INVALID_ARN',
    `${JSON.stringify(arn)} is not the ARN of an MSK cluster: give arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>, as \`aws kafka list-clusters-v2\` prints it`,
  )
}

/** @throws {MskAuthError} INVALID_ARN for a wrong cluster ARN, or a name that no topic can have */
export function topicArn(cluster: string, topic: string): string {
  if (topicPattern.test(topic)) return arnOf(cluster, 'topic', topic)
  throw new MskAuthError(
    'INVALID_ARN',
    `${JSON.stringify(topic)} is no topic name: Kafka takes 1 to 249 of A-Z a-z 0-9 . _ -, but not . or ..`,
  )
}

/** @throws {MskAuthError} INVALID_ARN for a wrong cluster ARN, or an empty group */
export function groupArn(cluster: string, group: string): string {
  return arnOf(cluster, 'group', group)
}

/** @throws {MskAuthError} INVALID_ARN for a wrong cluster ARN, or an empty id */
export function transactionalIdArn(cluster: string, transactionalId: string): string {
  return arnOf(cluster, 'transactional-id', transactionalId)
}

function arnOf(cluster: string, resource: KafkaResource, name: string): string {
  if (name !== '') return `${clusterArn(cluster).replace(':cluster/', `:${resource}/`)}/${name}`
  throw new MskAuthError('INVALID_ARN', `the name of a ${resource} is empty: there is no such resource`)
}
