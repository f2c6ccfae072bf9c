/** Changing settings: what AlterConfigs and IncrementalAlterConfigs have in common. */

import { type Access } from './access.ts'
import { type Cluster } from './cluster.ts'
import { configKeys } from './config-keys.ts'
import { RequestRefused, errorCode } from './error-codes.ts'
import { TopicConfigs } from './topic-configs.ts'
import { topicNameProblem } from './topic-names.ts'

/** As the protocol numbers them. */
export const resourceType = { topic: 2, broker: 4 } as const
export const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const
const operationNames = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'] as const

export type ConfigChange = {
  readonly name: string
  readonly operation: number
  readonly value: string | null
}

/** Settings of the topic after the changes. @throws RequestRefused INVALID_CONFIG */
export function changed(
  before: ReadonlyMap<string, string>,
  changes: readonly ConfigChange[],
): ReadonlyMap<string, string> {
  const after = new Map(before)
  for (const change of changes) {
    const value = valueAfter(after.get(change.name), change)
    if (value === undefined) after.delete(change.name)
    else after.set(change.name, value)
  }
  return after
}

function valueAfter(current: string | undefined, change: ConfigChange): string | undefined {
  const { name, value } = change
  if (change.operation === operation.set) return value ?? ''
  if (change.operation === operation.delete) return undefined
  const key = configKeys[name]
  if (key?.type !== 'list')
    throw new RequestRefused(
      'INVALID_CONFIG',
      `Can't ${operationNames[change.operation] ?? change.operation} to key ${name} because its type is not LIST.`,
    )
  const had = split(current ?? key.fallback)
  const given = split(value ?? '')
  const list =
    change.operation === operation.append
      ? [...had, ...given.filter((one) => !had.includes(one))]
      : had.filter((one) => !given.includes(one))
  return list.join(',')
}

const split = (text: string): string[] => (text === '' ? [] : text.split(','))

/** Replaces a topic's settings, or only checks that this would work. @throws RequestRefused */
export function applyToTopic(
  { topics }: Cluster,
  name: string,
  settingsFrom: (before: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
  validateOnly: boolean,
): void {
  if (name === '') throw new RequestRefused('INVALID_REQUEST', 'Default topic resources are not allowed.')
  const problem = topicNameProblem(name)
  if (problem !== undefined)
    throw new RequestRefused('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}`)
  const topic = topics.find(name)
  const overrides = settingsFrom(topic?.configs.overrides ?? new Map())
  const checked = new TopicConfigs(overrides)
  if (topic === undefined)
    throw new RequestRefused('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
  if (!validateOnly) topic.configs.replace(checked.overrides)
}

/** @throws RequestRefused when the client may not change the settings of a topic, or of the brokers */
export function checkAlterable(
  access: Access,
  api: 'AlterConfigs' | 'IncrementalAlterConfigs',
  { resourceType: type, resourceName }: Named,
): void {
  if (type === resourceType.topic) access.check(`${api} (topic)`, 'topic', resourceName)
  if (type === resourceType.broker) access.check(`${api} (broker)`, 'cluster')
}

/** What is wrong with the request for one resource before its settings are looked at. @throws RequestRefused */
export function checkResource(
  resource: { readonly resourceType: number; readonly configs: readonly { readonly name: string }[] },
  withoutValue: readonly string[],
): void {
  const names = resource.configs.map(({ name }) => name)
  if (new Set(names).size < names.length)
    throw new RequestRefused('INVALID_REQUEST', 'Error due to duplicate config keys')
  if (withoutValue.length > 0)
    throw new RequestRefused('INVALID_REQUEST', `Null value not supported for : ${withoutValue.join(', ')}`)
  if (resource.resourceType === resourceType.broker)
    throw new RequestRefused('INVALID_REQUEST', 'the settings of an embedded broker are given at its start')
  if (resource.resourceType !== resourceType.topic)
    throw new RequestRefused('INVALID_REQUEST', `Unknown resource type ${resource.resourceType}`)
}

type Named = { readonly resourceType: number; readonly resourceName: string }

/** An answer for each resource: what refuses one leaves the others alone. Nothing is done for one that is named twice. */
export function alterEach<R extends Named>(resources: readonly R[], alter: (resource: R) => void) {
  const responses = resources.map((resource) => {
    const where = whereOf(resource)
    const isSame = (other: R): boolean =>
      other.resourceType === where.resourceType && other.resourceName === where.resourceName
    try {
      if (resources.filter(isSame).length > 1)
        throw new RequestRefused('INVALID_REQUEST', 'Each resource must appear at most once.')
      alter(resource)
      return { errorCode: errorCode.NONE, ...where }
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error
      return { errorCode: error.code, errorMessage: error.message, ...where }
    }
  })
  return { responses }
}

/** The same code for each resource. */
export function refuseEach(resources: readonly Named[], code: number) {
  return { responses: resources.map((resource) => ({ errorCode: code, ...whereOf(resource) })) }
}

function whereOf(resource: Named): Named {
  return { resourceType: resource.resourceType, resourceName: resource.resourceName }
}
