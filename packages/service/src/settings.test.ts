import { describe, expect, expectTypeOf, it } from 'vitest'
import { checkSpec, settingsSpec, types, type ParseInput, type SettingsSpec } from './settings.ts'
import { parse, problemsOf, type spec } from './settings-test-helpers.ts'

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
