/** The settings of one topic: what was set for it, over the broker's defaults. */

import { type ConfigKey, configKeys } from './config-keys.ts'
import { valueProblem } from './config-values.ts'
import { RequestRefused } from './error-codes.ts'

/** As the protocol numbers them. */
export const configSource = { topic: 1, dynamicDefault: 3, broker: 4, default: 5 } as const

export type ConfigSynonym = { readonly name: string; readonly value: string; readonly source: number }
export type ConfigEntry = {
  readonly name: string
  readonly value: string
  readonly key: ConfigKey
  readonly source: number
  readonly synonyms: readonly ConfigSynonym[]
}

export class TopicConfigs {
  #overrides: ReadonlyMap<string, string>

  /** @throws RequestRefused INVALID_CONFIG */
  constructor(overrides: ReadonlyMap<string, string> = new Map()) {
    this.#overrides = checked(overrides)
  }

  get overrides(): ReadonlyMap<string, string> {
    return this.#overrides
  }

  /** Replaces all overrides. @throws RequestRefused INVALID_CONFIG; nothing is changed then */
  replace(overrides: ReadonlyMap<string, string>): void {
    this.#overrides = checked(overrides)
  }

  text(name: string): string {
    return this.#overrides.get(name) ?? configKeys[name]?.fallback ?? ''
  }

  /** Beyond 2^53 a limit is as good as none, so that a number is enough. */
  number(name: string): number {
    return Number(this.text(name))
  }

  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  }

  /** All settings with their origin, in the order of Kafka's DescribeConfigs. */
  entries(): readonly ConfigEntry[] {
    return Object.entries(configKeys).map(([name, key]) => {
      const own = this.#overrides.get(name)
      const synonyms = [
        ...(own === undefined ? [] : [{ name, value: own, source: configSource.topic }]),
        ...defaultsOf(name, key),
      ]
      const [first] = synonyms
      return {
        name,
        value: own ?? key.fallback,
        key,
        source: first?.source ?? configSource.default,
        synonyms,
      }
    })
  }
}

/** Apache Kafka 4.1 sets this one for the whole cluster when it is formatted (KIP-966). */
function defaultsOf(name: string, { brokerName, fallback }: ConfigKey): readonly ConfigSynonym[] {
  if (brokerName === undefined) return []
  const own = { name: brokerName, value: fallback, source: configSource.default }
  return name === 'min.insync.replicas' ? [{ ...own, source: configSource.dynamicDefault }, own] : [own]
}

function checked(overrides: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const name of overrides.keys())
    if (configKeys[name] === undefined)
      throw new RequestRefused('INVALID_CONFIG', `Unknown topic config name: ${name}`)
  for (const [name, value] of overrides) {
    const key = configKeys[name]
    const problem = key === undefined ? undefined : valueProblem(name, key, value)
    if (problem !== undefined) throw new RequestRefused('INVALID_CONFIG', problem)
  }
  const lag = (name: string): bigint => BigInt(overrides.get(name)?.trim() ?? configKeys[name]?.fallback ?? 0)
  const [shortest, longest] = [lag('min.compaction.lag.ms'), lag('max.compaction.lag.ms')]
  if (shortest > longest)
    throw new RequestRefused(
      'INVALID_CONFIG',
      `conflict topic config setting min.compaction.lag.ms (${shortest}) > max.compaction.lag.ms (${longest})`,
    )
  return new Map(overrides)
}
