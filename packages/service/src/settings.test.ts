import { describe, expect, expectTypeOf, it } from 'vitest'
import { UsageFailure } from './failure.ts'
import { Redactor } from './redaction.ts'
import {
  checkSpec,
  parseSettings,
  settingsSpec,
  types,
  type ParseInput,
  type SettingsSpec,
} from './settings.ts'

const spec = settingsSpec({
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

function parse(argv: string, env: Record<string, string> = {}, extra: Extra = {}) {
  const words = argv === '' ? [] : argv.split(' ')
  return parseSettings(spec, { argv: ['--group', 'g', ...words], env, redactor: new Redactor(), ...extra })
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageFailure) return error.problems
    throw error
  }
  return []
}

describe('values', () => {
  it('come from the flag, else the variable, else the default, and say from where', () => {
    const { settings, origin } = parse('--max-age 5s', { MAX_AGE: '7s', TOPIC_PREFIX: 'abc' })
    expect(settings).toMatchObject({ maxAge: 5000, prefix: 'abc', maxBytes: 65_536, topics: undefined })
    expect(origin).toMatchObject({
      maxAge: 'flag',
      prefix: 'environment',
      maxBytes: 'default',
      topics: 'default',
    })
  })

  it('have the types of their declarations', () => {
    const { settings } = parse('')
    expectTypeOf(settings.maxBytes).toEqualTypeOf<number>()
    expectTypeOf(settings.group).toEqualTypeOf<string>()
    expectTypeOf(settings.rate).toEqualTypeOf<number | undefined>()
    expectTypeOf(settings.format).toEqualTypeOf<'json' | 'raw'>()
    expectTypeOf(settings.topics).toEqualTypeOf<readonly string[] | undefined>()
    // @ts-expect-error a default must have the type of the setting
    settingsSpec({ size: { type: types.size(), default: '64KiB', description: '' } })
    expect(settings.format).toBe('json')
  })

  it('are read the same with a space and with an equals sign, and by an alias', () => {
    const spaced = parse('--max-bytes 64KiB --rate 500/s -o raw --partitions 3').settings
    expect(parse('--max-bytes=64KiB --rate=500/s -o raw --partitions=3').settings).toEqual(spaced)
    expect(spaced).toMatchObject({ maxBytes: 65_536, rate: 500, format: 'raw', partitions: 3 })
  })

  it('may hold an equals sign and commas', () => {
    const { settings } = parse('--config a=1,2 --config=b==3')
    expect(settings.config).toEqual(['a=1,2', 'b==3'])
  })

  it('of a list come with commas, or with the flag many times', () => {
    expect(parse('--topics a,b --topics c').settings.topics).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['--tls', {}, true],
    ['--no-tls', { KAFKA_TLS: 'true' }, false],
    ['--tls=false', {}, false],
    ['', { KAFKA_TLS: 'YES' }, true],
    ['', { KAFKA_TLS: '0' }, false],
    ['', {}, undefined],
  ])('of a switch: %j with %j', (argv, env, value) => {
    expect(parse(argv, env).settings.tls).toBe(value)
  })

  it('after two dashes are positional', () => {
    expect(parse('x -- --tls y', {}, { allowPositionals: true }).positionals).toEqual(['x', '--tls', 'y'])
  })

  it('may be negative numbers, which are then too small and not a missing value', () => {
    expect(problemsOf(() => parse('--partitions -5'))).toEqual([
      '--partitions: "-5" is too small: at least 1',
    ])
  })
})

describe('a problem', () => {
  it.each<[string, Record<string, string>, string]>([
    ['--nope', {}, 'unknown flag --nope (--help lists all)'],
    ['--topic x', {}, 'unknown flag --topic; did you mean --topics?'],
    ['--max-byte=1KiB', {}, 'unknown flag --max-byte; did you mean --max-bytes?'],
    ['--fromat json', {}, 'unknown flag --fromat; did you mean --format?'],
    ['-x', {}, 'unknown flag -x'],
    ['-topics a', {}, '-topics is written with two dashes: --topics'],
    ['--max-bytes', {}, '--max-bytes needs a value'],
    [
      '--max-bytes --tls',
      {},
      '--max-bytes needs a value (write --max-bytes=VALUE if the value begins with a dash)',
    ],
    ['--max-bytes=', {}, '--max-bytes is empty: give it a value or leave it out'],
    ['', { TOPIC_PREFIX: '' }, 'TOPIC_PREFIX is empty: give it a value or leave it out'],
    ['', { TOPIC_PREFIX: ' ' }, 'TOPIC_PREFIX is empty: give it a value or leave it out'],
    [
      '--max-bytes 12XB',
      {},
      '--max-bytes: "12XB" is not a size: write a number and a unit, such as 64KiB, 16MiB or 10MB',
    ],
    ['--max-bytes 1', {}, '--max-bytes: "1" is too small: at least 1 kB'],
    [
      '--max-age 30',
      {},
      '--max-age: "30" is not a duration: write a number and a unit, such as 250ms, 30s, 5m, 2h or 7d',
    ],
    ['--max-age 1ms', {}, '--max-age: "1ms" is too short: at least 1 s'],
    ['--max-age 30d', {}, '--max-age: "30d" is too long: at most 24 d 21 h'],
    [
      '',
      { MAX_AGE: 'soon' },
      'MAX_AGE: "soon" is not a duration: write a number and a unit, such as 250ms, 30s, 5m, 2h or 7d',
    ],
    ['--rate 500', {}, '--rate: "500" is not a rate above 0: write 500/s, 30/m or 0.5/s'],
    ['--format xml', {}, '--format: "xml" is not one of json, raw'],
    [
      '--partitions 1.5',
      {},
      '--partitions: "1.5" is not a whole number: write it in digits, without a point or a unit',
    ],
    ['--partitions 10', {}, '--partitions: "10" is too large: at most 9'],
    ['--partitions 99999999999999999999', {}, '--partitions: "99999999999999999999" is too large: at most 9'],
    ['--topics a,,b', {}, '--topics: "a,,b" has an empty entry: write a,b without a comma too many'],
    ['--topics a,b,a', {}, '--topics: "a,b,a" names an entry twice: leave one of them out'],
    ['--topics-regex (', {}, '--topics-regex: "(" is not a regular expression (unterminated group)'],
    ['--tls=maybe', {}, '--tls: "maybe" is neither true nor false'],
    ['--no-tls=true', {}, '--no-tls takes no value'],
    ['--no-group', {}, 'unknown flag --no-group'],
    ['--tls --no-tls', {}, '--tls and --no-tls contradict each other: give one of them'],
    ['--format raw --format raw', {}, '--format is given more than once: give it once'],
    ['--format raw -o raw', {}, '--format and -o are the same setting: give one of them'],
    [
      '--source http://host',
      {},
      '--source: "http://host" begins with the wrong scheme: mysql:// is expected',
    ],
    ['--source x', {}, '--source: "x" is not a URL: write it like mysql://host'],
    ['extra', {}, 'unexpected argument "extra"'],
    ['', { PINPIPE_GROUPS: 'x' }, 'unknown variable PINPIPE_GROUPS; did you mean PINPIPE_GROUP?'],
    ['', { PINPIPE_WARP: '9' }, 'unknown variable PINPIPE_WARP (--help lists all)'],
    ['', { PINPIPE_SOMETHING: '' }, 'unknown variable PINPIPE_SOMETHING (--help lists all)'],
    [
      '--username me',
      {},
      '--username is not accepted on the command line; set the variable KAFKA_USERNAME instead',
    ],
  ])('is named in a sentence: %j with %j', (argv, env, problem) => {
    const problems = problemsOf(() => parse(argv, env))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('is reported with all others at once', () => {
    const argv = ['--nope', 'value', '--max-bytes', 'x', '--max-age', '--tls', '--rate', '1', 'extra']
    const env = { KAFKA_PASSWORD: '', PINPIPE_X: '1' }
    const problems = problemsOf(() => parseSettings(spec, { argv, env, redactor: new Redactor() }))
    expect(problems.map((problem) => problem.split(/[ :]/).slice(0, 3).join(' '))).toEqual([
      '--max-age needs a',
      'unknown flag --nope',
      'unexpected argument "extra"',
      '--group (or the',
      '--max-bytes  "x"',
      '--rate  "1"',
      'KAFKA_PASSWORD is empty',
      'unknown variable PINPIPE_X',
    ])
  })

  it('is a missing required setting, named with its variable', () => {
    expect(problemsOf(() => parseSettings(spec, { argv: [], env: {} }))).toEqual([
      '--group (or the variable PINPIPE_GROUP) is required: the consumer group',
    ])
  })

  it('names the other command that has the flag', () => {
    const problems = problemsOf(() => parse('--lake x', {}, { elsewhere: new Map([['lake', 'verify']]) }))
    expect(problems).toEqual(['--lake belongs to the command verify, not to this one'])
  })

  it('is not a variable that somebody else of the deployment has, nor one that is not ours', () => {
    const env = { PINPIPE_OTHER: 'x', PATH: '/bin' }
    expect(problemsOf(() => parse('', env, { otherVariables: ['PINPIPE_OTHER'] }))).toEqual([])
  })

  it('shows a long value only in part', () => {
    const [problem = ''] = problemsOf(() => parse(`--format ${'x'.repeat(1000)}`))
    expect(problem.length).toBeLessThan(150)
  })
})

describe('a secret', () => {
  it.each(['--password hunter22', '--password=hunter22', '--kafka-password hunter22'])(
    'is not taken from %s',
    (argv) => {
      const problems = problemsOf(() => parse(argv))
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(
        /^--(kafka-)?password is not accepted .*set the variable KAFKA_PASSWORD instead$/,
      )
      expect(problems[0]).not.toContain('hunter22')
    },
  )

  it('is never shown, not even when it is wrong or stands elsewhere too', () => {
    const redactor = new Redactor()
    const problems = problemsOf(() =>
      parse('--format hunter 22', { KAFKA_PASSWORD: 'hunter 22' }, { redactor }),
    )
    expect(problems).toContain('KAFKA_PASSWORD: the value (not shown) is not valid')
    expect(problems.join(' ')).not.toContain('hunter 22')
    expect(redactor.redact('hunter 22')).toBe('[secret]')
  })

  it('in a URL is refused on the command line and accepted in the variable', () => {
    const redactor = new Redactor()
    const [problem] = problemsOf(() => parse('--source mysql://me:hunter22@host/db', {}, { redactor }))
    expect(problem).toBe(
      '--source holds a password, which everybody on this machine could read: give it in a variable (MYSQL_URL) instead',
    )
    const { settings } = parse('', { MYSQL_URL: 'mysql://me:hunter22@host/db' }, { redactor })
    expect(settings.source?.password).toBe('hunter22')
    expect(redactor.redact('hunter22')).toBe('[secret]')
  })
})

describe('settings that exclude each other', () => {
  const exclusive: ParseInput<typeof spec>['exclusive'] = [
    { of: ['topics', 'topicsRegex', 'prefix'], required: true },
  ]

  it('are a problem when two flags are given, or none', () => {
    expect(problemsOf(() => parse('--topics a --topics-regex b', {}, { exclusive }))).toEqual([
      '--topics and --topics-regex contradict each other: give one of them',
    ])
    expect(problemsOf(() => parse('', {}, { exclusive }))).toEqual([
      'one of --topics, --topics-regex, --topic-prefix is required',
    ])
  })

  it('let a flag win over the environment as a group', () => {
    const { settings, origin } = parse('--topics a', { TOPIC_PREFIX: 'abc' }, { exclusive })
    expect(settings).toMatchObject({ topics: ['a'], prefix: undefined })
    expect(origin).toMatchObject({ prefix: 'default' })
  })
})

describe('a rule across settings', () => {
  const rules: ParseInput<typeof spec>['rules'] = [
    ({ tls, username }, { name }) =>
      tls === false && username !== undefined
        ? `${name('tls')} sends ${name('username')} in clear`
        : undefined,
    ({ maxBytes, partitions = 1 }) => (maxBytes / partitions < 2000 ? ['too little', 'really'] : []),
  ]

  it('adds its sentences, with the names that the user knows', () => {
    expect(problemsOf(() => parse('--no-tls --max-bytes 1KiB', { KAFKA_USERNAME: 'me' }, { rules }))).toEqual(
      ['--tls sends KAFKA_USERNAME in clear', 'too little', 'really'],
    )
  })

  it('has nothing to say about a setting that is wrong itself, and the others still speak', () => {
    const problems = problemsOf(() => parse('--no-tls --max-bytes 1', { KAFKA_USERNAME: 'me' }, { rules }))
    expect(problems).toEqual([
      '--max-bytes: "1" is too small: at least 1 kB',
      '--tls sends KAFKA_USERNAME in clear',
    ])
  })
})

describe('a declaration', () => {
  const one = { type: types.text(), description: 'x' }
  it.each<[string, SettingsSpec]>([
    ['two settings with one flag', { a: { ...one, flag: 'x' }, b: { ...one, aliases: ['x'] } }],
    ['two settings with one variable', { a: { ...one, env: 'X' }, b: { ...one, env: 'X' } }],
    ['a secret with a flag', { a: { ...one, flag: 'x', secret: true } }],
    ['a required setting with a default', { a: { ...one, flag: 'x', required: true, default: 'y' } }],
    ['a flag with dashes in front', { a: { ...one, flag: '--x' } }],
  ])('is refused: %s', (_name, wrong) => {
    expect(() => checkSpec(wrong)).toThrow(Error)
  })
})
