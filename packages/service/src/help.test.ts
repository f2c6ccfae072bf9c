import { describe, expect, it } from 'vitest'
import { appHelp, commandHelp, settingsTable } from './help.ts'
import { settingsSpec, types } from './settings.ts'

const spec = settingsSpec({
  brokers: {
    flag: 'brokers',
    aliases: ['bootstrap-server'],
    env: 'KAFKA_BROKERS',
    type: types.list({ takes: 'HOST:PORT,…' }),
    required: true,
    description: 'Where Kafka is.',
    group: 'Kafka',
  },
  password: {
    env: 'KAFKA_PASSWORD',
    type: types.text(),
    secret: true,
    description: 'For plain and scram.',
    group: 'Kafka',
  },
  maxBytes: {
    flag: 'max-bytes',
    type: types.size(),
    default: 16_777_216,
    description: 'Store an object once it has this size.',
  },
  sleep: { flag: 'sleep', type: types.boolean(), default: true, description: 'Pause between posts.' },
  tls: { flag: 'tls', type: types.boolean(), description: 'Use TLS.' },
  all: { flag: 'all', type: types.boolean(), default: false, description: 'Everything.' },
  output: {
    flag: 'output',
    aliases: ['o'],
    type: types.oneOf(['json', 'table']),
    default: 'table',
    description: 'Form of the output.',
  },
  inner: { flag: 'inner', type: types.text(), hidden: true, description: 'Not for users.' },
})

describe('the help of a command', () => {
  const text = commandHelp(
    { name: 'consumer', defaultCommand: 'run' },
    { name: 'run', summary: 'Stores records.', examples: ['consumer --lake dir:lake'] },
    spec,
  )

  it('names every setting with its flag, variable, default and what it takes, grouped', () => {
    expect(text).toContain('Usage: consumer [run] [settings]')
    expect(text).toContain(`Kafka:
  --brokers HOST:PORT,…, --bootstrap-server
                                Where Kafka is. [variable KAFKA_BROKERS, required, may be repeated]
  KAFKA_PASSWORD (variable only)
                                For plain and scram.
`)
    expect(text).toContain(
      '  --max-bytes SIZE              Store an object once it has this size. [default 16MiB]',
    )
    expect(text).toContain('  --output json|table, -o       Form of the output. [default table]')
    expect(text).toContain('Examples:\n  consumer --lake dir:lake')
    expect(text).not.toContain('inner')
  })

  it('shows a switch in the form that changes something', () => {
    expect(text).toContain('  --no-sleep ')
    expect(text).toContain('  --tls, --no-tls ')
    expect(text).toContain('  --all ')
    expect(text).not.toContain('--no-all')
  })

  it('fits into 100 columns', () => {
    const long = commandHelp(
      { name: 'a' },
      { name: 'b', summary: 'c' },
      { x: { flag: 'x', type: types.text(), description: 'word '.repeat(80).trim() } },
    )
    const tooWide = long.split('\n').filter((line) => line.length > 100 && line.includes('word'))
    expect(tooWide).toEqual([])
    expect(long.match(/word/g)).toHaveLength(80)
  })
})

it('lists the commands of an app', () => {
  const commands = [
    { name: 'list', summary: 'Lists topics.' },
    { name: 'groups lag', summary: 'Shows lag.' },
  ]
  expect(appHelp({ name: 'topics', description: 'what is there', defaultCommand: 'list', commands }))
    .toBe(`topics: what is there

Usage: topics COMMAND [settings]

Commands:
  list        Lists topics. (when no command is named)
  groups lag  Shows lag.

topics COMMAND --help lists the settings of a command.
`)
})

it('makes the table of a README', () => {
  const { brokers, password, output, sleep, inner } = spec
  expect(settingsTable({ brokers, password, output, sleep, inner })).toBe(
    [
      '| flag | variable | default | meaning |',
      '|---|---|---|---|',
      '| `--brokers HOST:PORT,…`, `--bootstrap-server` | `KAFKA_BROKERS` | required | Where Kafka is. |',
      '|  | `KAFKA_PASSWORD` |  | For plain and scram. |',
      String.raw`| ${'`--output json\\|table`'}, ${'`-o`'} |  | ${'`table`'} | Form of the output. |`,
      '| `--no-sleep` |  |  | Pause between posts. |',
    ].join('\n'),
  )
})
