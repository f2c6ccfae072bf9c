import { parseSettings } from '@pinpipe/service/settings'
import { describe, expect, test } from 'vitest'
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
      compression: { kind: 'none', level: 1 },
      format: 'json',
      validation: undefined,
    })
    expect(parse(least).memory).toBe(256 * 1024 * 1024)
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
    [[...least, '--format', 'parquet'], /--format parquet is not there yet: use json or envelope/],
    [[...least, '--format', 'raw'], /--format raw is not there yet/],
    [[...least, '--partition-by', 'time:yyyy'], /--partition-by takes only kafka for now/],
    [[...least, '--compression-level', '3'], /--compression-level needs --compression/],
    [[...least, '--compression', 'gzip', '--compression-level', '10'], /gzip has no level above 9/],
    [[...least, '--max-bytes', '64K'], /--max-bytes/],
    [[...least, '--max-age', '5'], /--max-age/],
    [[...least, '--max-records', '0'], /--max-records/],
    [[...least, '--memory', '1MiB'], /--memory/],
    [[...least, '--validate', 'xml'], /--validate/],
    [['--topics', 'a', '--group', 'g', '--lake', 'ftp://x'], /is no lake/],
    [['--topic-prefix', 'a/b', ...least.slice(2)], /--topic-prefix: the topic prefix may hold only.*suffix$/],
    [['--topics-regex', '(', ...least.slice(2)], /is not a regular expression/],
  ])('%j is refused', (argv, sentence) => {
    expect(() => parse(argv)).toThrow(sentence)
  })
})
