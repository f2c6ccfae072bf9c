/** What a declared setting is, and what follows from the declaration alone: its names. */
import { type SettingType } from './setting-types.ts'

/**
 * One setting of a command. `flag`, `aliases`: names without dashes (one letter for a short one). `env`: the variable.
 * A `secret` must not have a flag. Without `default` and without `required: true` the value may be `undefined`.
 * `group` is its heading in `--help`; `hidden` keeps it out of there.
 */
export type Setting<T> = {
  readonly flag?: string
  readonly aliases?: readonly string[]
  readonly env?: string
  readonly type: SettingType<T>
  readonly default?: T
  readonly required?: boolean
  readonly description: string
  readonly secret?: boolean
  readonly hidden?: boolean
  readonly group?: string
}

export type SettingsSpec = Readonly<Record<string, Setting<unknown>>>

/** The values of a spec: `T` when there is a default or `required: true`, else `T | undefined`. */
export type SettingsOf<S extends SettingsSpec> = {
  readonly [K in keyof S]: S[K] extends { readonly type: SettingType<infer T> }
    ? S[K] extends { readonly default: unknown } | { readonly required: true }
      ? T
      : T | undefined
    : never
}

/** Makes a wrong default a type error: `{ type: types.size(), default: '64KiB' }` does not compile, `65536` does. */
export type Consistent<S extends SettingsSpec> = {
  readonly [K in keyof S]: S[K] extends { readonly type: SettingType<infer T>; readonly default: infer D }
    ? D extends T
      ? unknown
      : { readonly default: T }
    : unknown
}

/** Declares settings that several commands or apps share; keeps the exact types that `SettingsOf` needs. */
export function settingsSpec<const S extends SettingsSpec>(spec: S & Consistent<S>): S {
  return spec
}

/** All flag names of a setting, without dashes. */
export function flagNamesOf(setting: Setting<unknown>): readonly string[] {
  return [...(setting.flag === undefined ? [] : [setting.flag]), ...(setting.aliases ?? [])]
}

/**
 * Flags that somebody will try for settings that have none (name without dashes → the sentence): `--password` for
 * `KAFKA_PASSWORD`. They are known as taking a value, so that the value is neither read as an argument nor printed.
 */
export function secretFlagNamesOf(spec: SettingsSpec): ReadonlyMap<string, string> {
  const sentences = new Map<string, string>()
  const taken = new Set(Object.values(spec).flatMap(flagNamesOf))
  for (const [key, setting] of Object.entries(spec)) {
    if (setting.env === undefined || flagNamesOf(setting).length > 0) continue
    for (const name of [kebab(key), kebab(setting.env)]) {
      if (taken.has(name)) continue
      const why = setting.secret === true ? ': everybody on this machine could read it' : ''
      sentences.set(
        name,
        `--${name} is not accepted on the command line${why}; set the variable ${setting.env} instead`,
      )
    }
  }
  return sentences
}

function kebab(name: string): string {
  const words = /^[A-Z0-9_]+$/.test(name)
    ? name.replaceAll('_', '-')
    : name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, '-$&')
  return words.toLowerCase()
}

/** The name a user knows a setting by: its flag, else its variable. */
export function nameOf(key: string, setting: Setting<unknown>): string {
  const [flag] = flagNamesOf(setting)
  if (flag !== undefined) return flag.length === 1 ? `-${flag}` : `--${flag}`
  return setting.env ?? key
}
