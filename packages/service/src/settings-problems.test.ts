import { describe, expect, it } from 'vitest'
import { Redactor } from './redaction.ts'
import { parseSettings } from './settings.ts'
import { parse, problemsOf, spec } from './settings-test-helpers.ts'

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
