/**
 * Declared settings: flag over environment over default. Everything that is wrong is found before anything starts, and
 * reported at once as one `UsageFailure`. The value of a secret is never part of a problem.
 */
import { readFlags, type FlagHints } from './argv.ts'
import { clauseOf } from './clause.ts'
import { UsageFailure } from './failure.ts'
import { processRedactor, type Redactor } from './redaction.ts'
import { BadValue } from './setting-types.ts'
import { flagNamesOf, nameOf, type Setting, type SettingsOf, type SettingsSpec } from './setting.ts'
import { didYouMean } from './suggestion.ts'

export { types, BadValue, type SettingType } from './setting-types.ts'
export { settingsSpec, type Setting, type SettingsOf, type SettingsSpec } from './setting.ts'

export type Environment = Readonly<Record<string, string | undefined>>
export type Origin = 'flag' | 'environment' | 'default'

/** What a rule across settings may ask about: where a value came from, and the name a user knows a setting by. */
export type Given<K extends string = string> = {
  readonly origin: (key: K) => Origin
  readonly name: (key: K) => string
}

/** A rule across settings: returns a sentence for each problem. It is skipped when a setting it reads is itself wrong. */
export type Rule<S extends SettingsSpec> = {
  // Taken from a method, so that commands with different settings fit into one list.
  rule(settings: SettingsOf<S>, given: Given<keyof S & string>): string | readonly string[] | undefined
}['rule']

/**
 * Settings of which at most one may be given (exactly one with `required`). A flag beats the environment for the whole
 * group: with `--topics a`, a `TOPIC_PREFIX` in the environment is not used. None of them may have a default.
 */
export type Exclusive<K extends string = string> = {
  readonly of: readonly K[]
  readonly required?: boolean
}

export type ParseInput<S extends SettingsSpec> = FlagHints & {
  readonly argv: readonly string[]
  readonly env: Environment
  readonly allowPositionals?: boolean
  readonly exclusive?: readonly Exclusive<keyof S & string>[]
  readonly rules?: readonly Rule<S>[]
  /** `PINPIPE_*` variables that belong to somebody else, for example to another command of the app. */
  readonly otherVariables?: Iterable<string>
  /** Where the secrets among the values are registered; the one of the process by default. */
  readonly redactor?: Redactor
}

export type Parsed<S extends SettingsSpec> = {
  readonly settings: SettingsOf<S>
  readonly positionals: readonly string[]
  readonly origin: Readonly<Record<string, Origin>>
}

type Source = {
  readonly origin: 'flag' | 'environment'
  readonly name: string
  readonly texts: readonly string[]
}

/** Reads the settings of a command. Throws a `UsageFailure` with all problems: flags, variables, values, rules. */
export function parseSettings<S extends SettingsSpec>(spec: S, input: ParseInput<S>): Parsed<S> {
  const redactor = input.redactor ?? processRedactor
  const flags = readFlags(spec, input.argv, input)
  const problems = [...flags.problems]
  const sources = new Map<string, Source>()
  for (const [key, setting] of Object.entries(spec)) {
    const flag = flags.given.get(key)
    const variable = setting.env === undefined ? undefined : input.env[setting.env]
    if (flag !== undefined) sources.set(key, { origin: 'flag', name: flag.flag, texts: flag.texts })
    else if (variable !== undefined)
      sources.set(key, { origin: 'environment', name: setting.env ?? key, texts: [variable] })
  }
  if (input.allowPositionals !== true) {
    problems.push(...flags.positionals.map((text) => `unexpected argument ${quoted(text)}`))
  }
  problems.push(...applyExclusive(spec, input.exclusive ?? [], sources))

  const values = new Map<string, unknown>()
  const bad = new Set<string>()
  for (const [key, setting] of Object.entries(spec)) {
    const source = sources.get(key)
    try {
      values.set(key, source === undefined ? absent(key, setting) : valueOf(setting, source, redactor))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problems.push(error.message)
      bad.add(key)
    }
  }
  const origin = Object.fromEntries(
    Object.keys(spec).map((key) => [key, sources.get(key)?.origin ?? 'default'] as const),
  )
  problems.push(...brokenRules(spec, input.rules ?? [], { values, bad, origin }))
  problems.push(...unknownVariables(spec, input))
  if (problems.length > 0) throw new UsageFailure(problems.map((problem) => redactor.redact(problem)))
  return { settings: settingsOf(spec, Object.fromEntries(values)), positionals: flags.positionals, origin }
}

class Problem extends Error {}

function absent(key: string, setting: Setting<unknown>): unknown {
  if (setting.required !== true) return setting.default
  const variable =
    setting.env === undefined || nameOf(key, setting) === setting.env
      ? ''
      : ` (or the variable ${setting.env})`
  throw new Problem(`${nameOf(key, setting)}${variable} is required: ${clauseOf(setting.description)}`)
}

function valueOf(setting: Setting<unknown>, source: Source, redactor: Redactor): unknown {
  const secret = setting.secret === true
  let hasPassword = false
  for (const text of source.texts) {
    if (secret) redactor.register(text)
    hasPassword = redactor.registerUrlPasswords(text) || hasPassword
  }
  if (source.texts.some((text) => text.trim() === '')) {
    throw new Problem(`${source.name} is empty: give it a value or leave it out`)
  }
  if (hasPassword && source.origin === 'flag') {
    throw new Problem(
      `${source.name} holds a password, which everybody on this machine could read: give it in a variable${setting.env === undefined ? '' : ` (${setting.env})`} instead`,
    )
  }
  try {
    return setting.type.parse(source.texts)
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    const value = secret ? 'the value (not shown)' : source.texts.map(quoted).join(', ')
    throw new Problem(`${source.name}: ${value} ${error.reason}`)
  }
}

function applyExclusive(
  spec: SettingsSpec,
  groups: readonly Exclusive[],
  sources: Map<string, Source>,
): string[] {
  const problems: string[] = []
  for (const group of groups) {
    const given = group.of.filter((key) => sources.has(key))
    const flags = given.filter((key) => sources.get(key)?.origin === 'flag')
    if (flags.length > 0) for (const key of given) if (!flags.includes(key)) sources.delete(key)
    const chosen = flags.length > 0 ? flags : given
    const named = (keys: readonly string[]): string[] => keys.flatMap((key) => sources.get(key)?.name ?? [])
    if (chosen.length > 1)
      problems.push(`${named(chosen).join(' and ')} contradict each other: give one of them`)
    if (chosen.length === 0 && group.required === true) {
      const names = group.of.flatMap((key) => (spec[key] === undefined ? [] : nameOf(key, spec[key])))
      problems.push(`one of ${names.join(', ')} is required`)
    }
  }
  return problems
}

/** Runs the rules on settings whose wrong ones cannot be read: a rule that needs one of those has nothing to say. */
function brokenRules<S extends SettingsSpec>(
  spec: S,
  rules: readonly Rule<S>[],
  parsed: {
    readonly values: ReadonlyMap<string, unknown>
    readonly bad: ReadonlySet<string>
    readonly origin: Readonly<Record<string, Origin>>
  },
): string[] {
  const settings = settingsOf(spec, new Proxy(Object.fromEntries(parsed.values), guard(parsed.bad)))
  const given: Given = {
    origin: (key) => parsed.origin[key] ?? 'default',
    name: (key) => (spec[key] === undefined ? key : nameOf(key, spec[key])),
  }
  return rules.flatMap((rule) => {
    try {
      return rule(settings, given) ?? []
    } catch (error) {
      if (error instanceof ReadsBadSetting) return []
      throw error
    }
  })
}

class ReadsBadSetting extends Error {}

function guard(bad: ReadonlySet<string>): ProxyHandler<Readonly<Record<string, unknown>>> {
  return {
    get(target, key): unknown {
      if (typeof key === 'string' && bad.has(key)) throw new ReadsBadSetting()
      return Reflect.get(target, key)
    },
  }
}

/** The values are built key by key from the declarations, which is what `SettingsOf` says; the compiler cannot see it. */
function settingsOf<S extends SettingsSpec>(
  _spec: S,
  values: Readonly<Record<string, unknown>>,
): SettingsOf<S> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return values as SettingsOf<S>
}

function unknownVariables<S extends SettingsSpec>(spec: S, input: ParseInput<S>): string[] {
  const known = new Set([
    ...Object.values(spec).flatMap((setting) => setting.env ?? []),
    ...(input.otherVariables ?? []),
  ])
  return Object.keys(input.env)
    .filter((name) => name.startsWith('PINPIPE_') && input.env[name] !== undefined && !known.has(name))
    .map(
      (name) =>
        `unknown variable ${name}${
          didYouMean(
            name,
            [...known].filter((other) => other.startsWith('PINPIPE_')),
          ) || ' (--help lists all)'
        }`,
    )
}

const longestShown = 80

function quoted(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text)
}

/** Throws when a declaration is wrong: two settings with one flag or variable, a secret with a flag. For tests and start-up. */
export function checkSpec(spec: SettingsSpec): void {
  const owners = new Map<string, string>()
  for (const [key, setting] of Object.entries(spec)) {
    if (setting.secret === true && flagNamesOf(setting).length > 0)
      throw new Error(`the secret setting ${key} must not have a flag`)
    if (setting.required === true && setting.default !== undefined)
      throw new Error(`the setting ${key} is required and has a default`)
    if (flagNamesOf(setting).some((flag) => !/^[a-z][a-z0-9-]*$/i.test(flag))) {
      throw new Error(`the flags of ${key} are written without dashes in front`)
    }
    for (const name of [...flagNamesOf(setting), ...(setting.env === undefined ? [] : [setting.env])]) {
      const owner = owners.get(name)
      if (owner !== undefined) throw new Error(`the settings ${owner} and ${key} have the same name ${name}`)
      owners.set(name, key)
    }
  }
}
