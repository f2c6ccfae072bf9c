/** `--help` and the README's table, both made from the declarations. */
import { dashed } from './argv.ts'
import { flagNamesOf, type Setting, type SettingsSpec } from './setting.ts'

export type HelpCommand = {
  readonly name: string
  readonly summary: string
  readonly usage?: string
  readonly positionals?: string
  readonly examples?: readonly string[]
}

/** The help of one command: usage, settings by group with flags, variables, defaults, then examples. */
export function commandHelp(
  app: { readonly name: string; readonly defaultCommand?: string },
  command: HelpCommand,
  spec: SettingsSpec,
): string {
  const name = app.defaultCommand === command.name ? `[${command.name}]` : command.name
  const usage =
    command.usage ??
    [app.name, name, command.positionals, '[settings]'].filter((part) => part !== undefined).join(' ')
  const parts = [command.summary, `Usage: ${usage}`, ...settingsHelp(spec)]
  const examples = command.examples ?? []
  if (examples.length > 0) parts.push(`Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`)
  parts.push(
    'A flag wins over its variable, a variable over the default. Sizes: 64KiB, 16MiB, 10MB. Durations: 250ms, 30s, 5m, 7d.',
  )
  return `${parts.join('\n\n')}\n`
}

/** The overview of an app with several commands. */
export function appHelp(app: {
  readonly name: string
  readonly description: string
  readonly defaultCommand?: string
  readonly commands: readonly HelpCommand[]
}): string {
  const width = Math.max(...app.commands.map((command) => command.name.length))
  const lines = app.commands.map((command) => {
    const note = command.name === app.defaultCommand ? ' (when no command is named)' : ''
    return `  ${command.name.padEnd(width)}  ${command.summary}${note}`
  })
  return [
    `${app.name}: ${app.description}`,
    `Usage: ${app.name} COMMAND [settings]`,
    `Commands:\n${lines.join('\n')}`,
    `${app.name} COMMAND --help lists the settings of a command.\n`,
  ].join('\n\n')
}

/** The settings as a markdown table: flag, variable, default, meaning. */
export function settingsTable(spec: SettingsSpec): string {
  const rows = visible(spec).map(([, setting]) => {
    const cells = [
      namesOf(setting)
        .map((name) => `\`${name}\``)
        .join(', '),
      setting.env === undefined ? '' : `\`${setting.env}\``,
      setting.required === true
        ? 'required'
        : defaultOf(setting)
            .map((value) => `\`${value}\``)
            .join(''),
      setting.description,
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
  })
  return ['| flag | variable | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function settingsHelp(spec: SettingsSpec): string[] {
  const groups = Map.groupBy(visible(spec), ([, setting]) => setting.group ?? 'Settings')
  return [...groups].map(([group, entries]) => {
    const body = entries.map(([, setting]) => settingHelp(setting)).join('\n')
    return `${group}:\n${body}`
  })
}

const textColumn = 32
const lineWidth = 100

function settingHelp(setting: Setting<unknown>): string {
  const names = namesOf(setting).join(', ')
  const head = `  ${names === '' ? `${setting.env ?? ''} (variable only)` : names}`
  const facts = [
    ...(setting.env === undefined || names === '' ? [] : [`variable ${setting.env}`]),
    ...defaultOf(setting).map((value) => `default ${value}`),
    ...(setting.required === true ? ['required'] : []),
    ...(setting.type.shape === 'many' ? ['may be repeated'] : []),
  ]
  const text = `${setting.description}${facts.length === 0 ? '' : ` [${facts.join(', ')}]`}`
  const lines = wrapped(text, lineWidth - textColumn)
  const indent = ' '.repeat(textColumn)
  const [first = '', ...rest] = lines
  const top =
    head.length + 2 > textColumn ? [head, `${indent}${first}`] : [`${head.padEnd(textColumn)}${first}`]
  return [...top, ...rest.map((line) => `${indent}${line}`)].join('\n')
}

/** The flags as they are typed, the first with what it takes. */
function namesOf(setting: Setting<unknown>): string[] {
  return flagNamesOf(setting).map((name, index) => (index === 0 ? flagText(name, setting) : dashed(name)))
}

/** The default as it would be typed; none for a switch without a variable, whose only flag is what is not the default. */
function defaultOf(setting: Setting<unknown>): string[] {
  const isImplied = setting.type.shape === 'switch' && setting.env === undefined
  return setting.default === undefined || isImplied ? [] : [setting.type.show(setting.default)]
}

/** `--x SIZE`; a switch is `--x`, or `--x, --no-x` where turning it off means something. */
function flagText(name: string, setting: Setting<unknown>): string {
  if (setting.type.shape !== 'switch') return `${dashed(name)} ${setting.type.takes}`
  if (setting.default === true) return `--no-${name}`
  return setting.default === false || name.length === 1 ? dashed(name) : `${dashed(name)}, --no-${name}`
}

function visible(spec: SettingsSpec): [string, Setting<unknown>][] {
  return Object.entries(spec).filter(([, setting]) => setting.hidden !== true)
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
