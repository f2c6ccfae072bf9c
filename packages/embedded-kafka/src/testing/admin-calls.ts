/** Requests about settings, with their usual fields filled in. */

import { alterConfigs } from '../api/alter-configs.ts'
import { describeConfigs } from '../api/describe-configs.ts'
import { incrementalAlterConfigs } from '../api/incremental-alter-configs.ts'
import { type WireClient } from './wire-client.ts'

export const topicResource = 2
export const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

/** `[operation, name, value]`. @returns the topic's outcome */
export async function alterTopic(
  client: WireClient,
  topic: string,
  changes: readonly (readonly [number, string, string | null])[],
  options: { readonly validateOnly?: boolean; readonly version?: number } = {},
) {
  const configs = changes.map(([configOperation, name, value]) => ({ name, configOperation, value }))
  const resources = [{ resourceType: topicResource, resourceName: topic, configs }]
  const { validateOnly = false, version = 1 } = options
  const answer = await client.call(incrementalAlterConfigs, { resources, validateOnly }, version)
  return answer.responses[0]!
}

/** All settings at once. @returns the topic's outcome */
export async function replaceConfigs(
  client: WireClient,
  topic: string,
  settings: Readonly<Record<string, string | null>>,
  options: { readonly validateOnly?: boolean; readonly version?: number } = {},
) {
  const configs = Object.entries(settings).map(([name, value]) => ({ name, value }))
  const resources = [{ resourceType: topicResource, resourceName: topic, configs }]
  const { validateOnly = false, version = 2 } = options
  const answer = await client.call(alterConfigs, { resources, validateOnly }, version)
  return answer.responses[0]!
}

/** What was set for the topic itself. */
export async function overrides(
  client: WireClient,
  topic: string,
): Promise<Readonly<Record<string, string | null>>> {
  const resources = [{ resourceType: topicResource, resourceName: topic, configurationKeys: null }]
  const { results } = await client.call(describeConfigs, { resources })
  const own = results[0]!.configs.filter(({ configSource }) => configSource === 1)
  return Object.fromEntries(own.map(({ name, value }) => [name, value]))
}
