/** For tests of the settings: a declaration, and what comes out of a command line and an environment. */
import { UsageFailure } from './failure.ts'
import { Redactor } from './redaction.ts'
import { parseSettings, settingsSpec, types, type ParseInput } from './settings.ts'

/** One setting of every kind. */
export const spec = settingsSpec({
  topics: { flag: 'topics', type: types.list(), description: 'Which topics.' },
  topicsRegex: { flag: 'topics-regex', type: types.regex(), description: 'Which topics, by pattern.' },
  prefix: {
    flag: 'topic-prefix',
    env: 'TOPIC_PREFIX',
    type: types.text(),
    description: 'Which topics, by prefix.',
  },
  group: {
    flag: 'group',
    env: 'PINPIPE_GROUP',
    type: types.text(),
    required: true,
    description: 'The consumer group.',
  },
  maxBytes: {
    flag: 'max-bytes',
    type: types.size({ minBytes: 1024 }),
    default: 65_536,
    description: 'Bytes.',
  },
  maxAge: {
    flag: 'max-age',
    env: 'MAX_AGE',
    type: types.duration({ minMs: 1000 }),
    default: 60_000,
    description: 'Age.',
  },
  rate: { flag: 'rate', type: types.rate(), description: 'Rate.' },
  format: {
    flag: 'format',
    aliases: ['o'],
    type: types.oneOf(['json', 'raw']),
    default: 'json',
    description: 'Format.',
  },
  config: { flag: 'config', type: types.repeated(types.text()), description: 'k=v' },
  partitions: { flag: 'partitions', type: types.integer({ min: 1, max: 9 }), description: 'How many.' },
  tls: { flag: 'tls', env: 'KAFKA_TLS', type: types.boolean(), description: 'TLS.' },
  username: { env: 'KAFKA_USERNAME', type: types.text(), description: 'User.' },
  password: {
    env: 'KAFKA_PASSWORD',
    type: types.text({ pattern: /^\S+$/ }),
    secret: true,
    description: 'Password.',
  },
  source: {
    flag: 'source',
    env: 'MYSQL_URL',
    type: types.url({ schemes: ['mysql'] }),
    description: 'Where from.',
  },
})

type Extra = Partial<ParseInput<typeof spec>>

/** The settings of a command line, written with blanks between its words; the required `--group g` stands in front. */
export function parse(argv: string, env: Record<string, string> = {}, extra: Extra = {}) {
  const words = argv === '' ? [] : argv.split(' ')
  return parseSettings(spec, { argv: ['--group', 'g', ...words], env, redactor: new Redactor(), ...extra })
}

/** The problems that `run` throws as one UsageFailure; empty when it throws nothing. */
export function problemsOf(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageFailure) return error.problems
    throw error
  }
  return []
}
