/** For tests of a whole app: one with three commands, of which the test writes the default one. */
import { command, type App, type Command } from './command.ts'
import { types, type SettingsSpec } from './settings.ts'

const settings = {
  lake: { flag: 'lake', env: 'PINPIPE_LAKE', type: types.text(), description: 'Where to.' },
  password: { env: 'STORE_PASSWORD', type: types.text(), secret: true, description: 'A secret.' },
} as const satisfies SettingsSpec

export type Run = Command<typeof settings>['run']

/** An app whose default command is `run`, with a second command and one whose name is two words. */
export function app(run: Run, more: Partial<App> = {}): App {
  const verify = command({
    name: 'verify',
    summary: 'Verifies.',
    positionals: 'TOPIC…',
    settings: {
      deep: {
        flag: 'deep',
        env: 'PINPIPE_DEEP',
        type: types.boolean(),
        default: false,
        description: 'More.',
      },
    },
    async run({ deep }, { stdout }, positionals) {
      stdout.write(`verify ${deep} ${positionals.join('+')}`)
      return 2
    },
  })
  const lag = command({
    name: 'groups lag',
    summary: 'Lag.',
    settings: {},
    run: async (_settings, { stdout }) => void stdout.write('lag'),
  })
  return {
    name: 'consumer',
    version: '1.2.3',
    description: 'stores records',
    commands: [command({ name: 'run', summary: 'Runs.', settings, run }), verify, lag],
    defaultCommand: 'run',
    ...more,
  }
}

export const nothing: Run = async () => {}
