/** Finds which command of an app is meant. Its flags are read elsewhere. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { type AnyCommand, type App } from './command.ts'
import { flagNamesOf, secretFlagNamesOf, type SettingsSpec } from './setting.ts'
import { didYouMean } from './suggestion.ts'

export type ChosenCommand = {
  /** `undefined`: none was named and there is no default. */
  readonly command: AnyCommand | undefined
  /** What is left for the command: without its name, `--help` and `--version`. */
  readonly argv: readonly string[]
  readonly wants: 'run' | 'help' | 'version'
  /** Set when the first argument is no command of the app. */
  readonly problem?: string
}

/**
 * The command is the first argument that is not a flag or a flag's value. A command name may have several words
 * (`groups lag`); the longest match counts. Without a match, the default command runs.
 */
export function chooseCommand(app: App, typed: readonly string[], common: SettingsSpec): ChosenCommand {
  // `pnpm producer -- --x` and `npm run producer -- --x` may hand the separator on.
  const argv = typed[0] === '--' ? typed.slice(1) : typed
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
  }
  for (const spec of [common, ...app.commands.map((one) => one.settings)]) {
    for (const setting of Object.values(spec)) {
      const type = setting.type.shape === 'switch' ? 'boolean' : 'string'
      for (const name of flagNamesOf(setting))
        options[name] ??= name.length === 1 ? { type, short: name } : { type }
    }
    for (const name of secretFlagNamesOf(spec).keys()) options[name] ??= { type: 'string' }
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? Infinity
  const words = tokens.filter((token) => token.kind === 'positional').filter((token) => token.index < end)
  // Asking for help wins over everything, also where a value is missing in front of it.
  const wantsHelp = argv.some(
    (text, index) => index < end && (text === '--help' || (text === '-h' && options['h'] === undefined)),
  )
  const version = tokens
    .filter((token) => token.kind === 'option')
    .filter((token) => token.name === 'version')
  const isHelpWord = words[0]?.value === 'help' && !app.commands.some((one) => one.name === 'help')
  const spoken = isHelpWord ? words.slice(1) : words
  const match = app.commands
    .filter((one) => one.name.split(' ').every((word, index) => spoken[index]?.value === word))
    .toSorted((a, b) => b.name.length - a.name.length)[0]
  const chosen = match ?? app.commands.find((one) => one.name === app.defaultCommand)
  const nameWords = match === undefined ? [] : spoken.slice(0, match.name.split(' ').length)
  const drop = new Set([...nameWords, ...version].map((token) => token.index))
  const wants = wantsHelp || isHelpWord ? 'help' : version.length > 0 ? 'version' : 'run'
  const first = spoken[0]
  const isUnknown =
    match === undefined &&
    first !== undefined &&
    (chosen === undefined || (first.index === 0 && chosen.positionals === undefined))
  return {
    command: wants === 'help' && match === undefined ? undefined : chosen,
    argv: argv.filter((_, index) => !drop.has(index)),
    wants,
    ...(isUnknown ? { problem: unknownCommand(app, first.value) } : {}),
  }
}

function unknownCommand(app: App, word: string): string {
  const names = app.commands.map((one) => one.name)
  const known = names.length === 1 ? 'the only command is' : 'the commands are'
  return `unknown command ${JSON.stringify(word)}${didYouMean(word, names)}; ${known} ${names.join(', ')}`
}

/** The flags that other commands of the app have (name without dashes → command). */
export function otherFlags(app: App, own: AnyCommand): ReadonlyMap<string, string> {
  const flags = new Map<string, string>()
  for (const other of app.commands) {
    if (other === own) continue
    for (const name of Object.values(other.settings).flatMap(flagNamesOf)) flags.set(name, other.name)
  }
  return flags
}

/** The variables that any command of the app has. */
export function variablesOf(app: App): readonly string[] {
  return app.commands.flatMap((one) => Object.values(one.settings).flatMap((setting) => setting.env ?? []))
}
