import { parseSettings } from '@pinpipe/service/settings'
import { describe, expect, test } from 'vitest'
import { outputSettingsOf } from './chain/output-settings.ts'
import { runCommand } from './run.ts'
import { planOf } from './settings.ts'

const least = ['--topics', 'a', '--group', 'g', '--lake', 'dir:x']

function parse(argv: readonly string[], env: Record<string, string> = {}) {
  const { settings, exclusive = [], rules = [] } = runCommand
  return parseSettings(settings, { argv, env, exclusive, rules }).settings
}

describe('the settings of a run', () => {
  test('have the defaults of the documentation', () => {
    expect(planOf(parse(least))).toEqual({
      topics: { kind: 'list', topics: ['a'] },
      limits: { maxRecords: undefined, maxBytes: 64 * 1024 * 1024, maxAgeMs: 300_000 },
      output: outputSettingsOf({ format: 'json', compression: { kind: 'none', level: 0 } }),
      recovery: { startPolicy: { kind: 'earliest' }, onSourceGap: 'halt' },
    })
    expect(parse(least).memory).toBe(256 * 1024 * 1024)
  })

  test('say how objects are laid out and framed, and what is not used does not count', () => {
    const output = (...argv: string[]) => planOf(parse([...least, ...argv])).output
    expect(output('--partition-by', 'field:a,b,time:hour', '--time-zone', 'Europe/Berlin').layout).toEqual({
      parts: [
        { by: 'field', name: 'a' },
        { by: 'field', name: 'b' },
        { by: 'time', pattern: 'hour' },
      ],
      time: { from: 'record' },
      timeZone: 'Europe/Berlin',
    })
    expect(output('--format', 'raw').framing).toEqual({ kind: 'length' })
    expect(output('--format', 'raw', '--raw-framing', 'separator').framing).toEqual({
      kind: 'separator',
      hex: '0a',
    })
    expect(output('--format', 'raw', '--raw-separator', '\\r\\xff\\\\é').framing).toEqual({
      kind: 'separator',
      hex: '0dff5cc3a9',
    })
    expect(output('--time-zone', 'Europe/Berlin')).toEqual(output())
    expect(planOf(parse([...least, '--rotate-every', '1h'])).limits.schedule?.everyMs).toBe(3_600_000)
  })

  test('a flag for the topics wins over a prefix in the environment', () => {
    expect(planOf(parse(least, { TOPIC_PREFIX: 'p' })).topics).toEqual({ kind: 'list', topics: ['a'] })
    expect(planOf(parse(least.slice(2), { TOPIC_PREFIX: 'p' })).topics).toEqual({
      kind: 'prefix',
      prefix: 'p',
    })
  })

  test.each([
    [[...least, '--topic-prefix', 'p'], /contradict each other/],
    [least.slice(2), /one of --topics, --topics-regex, --topic-prefix is required/],
    [['--topics', 'a', '--lake', 'dir:x'], /--group/],
    [['--topics', 'a', '--group', 'g'], /--lake/],
    [[...least, '--format', 'csv'], /--format/],
    [[...least, '--format', 'parquet', '--validate', 'json'], /parquet is made of rows of a table/],
    [[...least, '--compression', 'snappy'], /snappy needs --format parquet/],
    [[...least, '--raw-framing', 'length'], /need --format raw/],
    [
      [...least, '--format', 'raw', '--raw-framing', 'length', '--raw-separator', 'x'],
      /needs --raw-framing separator/,
    ],
    [[...least, '--format', 'raw', '--raw-separator', '\\q'], /has an escape that is none of/],
    [[...least, '--partition-by', 'hour'], /is no layout: write kafka, time:hour, field:category/],
    [[...least, '--partition-by', 'field:a,a'], /names field a twice/],
    [[...least, '--partition-by', 'time:hour,time:day'], /names time twice/],
    [[...least, '--partition-by', 'field:'], /a field whose name is empty/],
    [[...least, '--partition-by', 'time:year=yyyy'], /its pattern has y, .*put text in quotes/],
    [[...least, '--partition-by', "time:'year"], /has a quote that is not closed/],
    [[...least, '--partition-by', "time:'year'"], /has no field of a time/],
    [
      [...least, '--partition-by', 'time:yyyy/../MM'],
      /a folder without a name, or one that begins with a dot/,
    ],
    [[...least, '--partition-by', 'time:yyyy*'], /a character that is not safe in a path/],
    [[...least, '--time-from', 'planning'], /--time-from needs --partition-by time:/],
    [
      [...least, '--partition-by', 'time:day', '--time-from', 'now'],
      /is not one of record, planning, field:NAME/,
    ],
    [[...least, '--time-zone', 'Mars/Olympus'], /is no time zone/],
    [[...least, '--rotate-every', '1ms'], /--rotate-every/],
    [[...least, '--null-values', 'drop'], /--null-values/],
    [[...least, '--max-record-bytes', '0B'], /--max-record-bytes/],
    [[...least, '--compression-level', '3'], /--compression-level needs --compression/],
    [[...least, '--compression', 'gzip', '--compression-level', '10'], /gzip has no level above 9/],
    [[...least, '--max-bytes', '64K'], /--max-bytes/],
    [[...least, '--max-age', '5'], /--max-age/],
    [[...least, '--max-records', '0'], /--max-records/],
    [[...least, '--memory', '1MiB'], /--memory/],
    [[...least, '--validate', 'xml'], /--validate/],
    [['--topics', 'a', '--group', 'g', '--lake', 'ftp://x'], /is no lake/],
    [['--topics', 'a', '--group', 'g', '--lake', 's3://lake--use1-az4--x-s3/p'], /is a directory bucket/],
    [['--topic-prefix', 'a/b', ...least.slice(2)], /--topic-prefix: the topic prefix may hold only.*suffix$/],
    [['--topics-regex', '(', ...least.slice(2)], /is not a regular expression/],
  ])('%j is refused', (argv, sentence) => {
    expect(() => parse(argv)).toThrow(sentence)
  })
})
