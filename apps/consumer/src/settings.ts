/** The settings of `consumer run`, and the rules between them. */
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { topicPrefixProblem } from '@pinpipe/schema/catalogue'
import { settingsSpec, types, type Rule, type SettingsOf } from '@pinpipe/service/settings'
import type { OutputSettings } from './chain/output-settings.ts'
import { formatRules, formatSettings, outputOf } from './format/format-settings.ts'
import { wallClockOf } from './format/time-zone.ts'
import { lakeSettings } from './lake/lake-settings.ts'
import { s3Rules } from './lake/s3-settings.ts'
import { startType, type StartPolicy } from './start-policy.ts'
import type { TopicChoice } from './topics.ts'
import type { Limits } from './triggers.ts'

const mebibyte = 1024 * 1024
const [sources, ranges] = ['Topics', 'When an object is stored']

export const runSettings = settingsSpec({
  ...kafkaSettings,
  topics: {
    flag: 'topics',
    env: 'PINPIPE_TOPICS',
    type: types.list(),
    description: 'The topics to consume',
    group: sources,
  },
  topicsRegex: {
    flag: 'topics-regex',
    env: 'PINPIPE_TOPICS_REGEX',
    type: types.regex(),
    description: 'Consume the topics whose whole name fits, as they are at the start',
    group: sources,
  },
  topicPrefix: {
    flag: 'topic-prefix',
    env: 'TOPIC_PREFIX',
    type: types.text({ takes: 'PREFIX' }),
    description: 'Consume PREFIX.pin, PREFIX.geo and PREFIX.user',
    group: sources,
  },
  group: {
    flag: 'group',
    env: 'PINPIPE_GROUP',
    type: types.text({ takes: 'GROUP' }),
    required: true,
    description: 'The consumer group: its members share the partitions',
    group: sources,
  },
  untilEnd: {
    flag: 'until-end',
    env: 'PINPIPE_UNTIL_END',
    type: types.boolean(),
    default: false,
    description:
      'Stop when everything that is in the topics at the start is stored; without it, run until stopped',
    group: sources,
  },
  sessionTimeout: {
    flag: 'session-timeout',
    env: 'PINPIPE_SESSION_TIMEOUT',
    type: types.duration({ minMs: 300 }),
    default: 30_000,
    description: 'How long a member of the group may be silent until its partitions go to others',
    group: sources,
  },
  start: {
    flag: 'start',
    env: 'PINPIPE_START',
    type: startType,
    default: { kind: 'earliest' },
    description:
      'Where partitions begin that are not in the lake yet: earliest, latest, committed (the offset of the group) or a time like 2026-01-31T00:00:00Z',
    group: sources,
  },
  onSourceGap: {
    flag: 'on-source-gap',
    env: 'PINPIPE_ON_SOURCE_GAP',
    type: types.oneOf(['halt', 'record']),
    default: 'halt',
    description:
      'When records were deleted from the log before they were stored: halt the partition, or record the gap in the chain and go on',
    group: sources,
  },
  ...lakeSettings,
  ...formatSettings,
  maxRecords: {
    flag: 'max-records',
    env: 'PINPIPE_MAX_RECORDS',
    type: types.integer({ min: 1 }),
    description: 'Records in an object; no limit unless given',
    group: ranges,
  },
  maxBytes: {
    flag: 'max-bytes',
    env: 'PINPIPE_MAX_BYTES',
    type: types.size({ minBytes: 1, maxBytes: 1024 * mebibyte }),
    default: 64 * mebibyte,
    description: 'Size of an object before compression; only a single larger record makes a larger one',
    group: ranges,
  },
  maxAge: {
    flag: 'max-age',
    env: 'PINPIPE_MAX_AGE',
    type: types.duration({ minMs: 1 }),
    default: 300_000,
    description: 'How long a record waits at most until its object is stored, also when no other comes',
    group: ranges,
  },
  rotateEvery: {
    flag: 'rotate-every',
    env: 'PINPIPE_ROTATE_EVERY',
    type: types.duration({ minMs: 1_000, maxMs: 86_400_000 }),
    description:
      'Objects are also stored whenever the clock reaches a multiple of it since midnight: 1h, at each full hour',
    group: ranges,
  },
  memory: {
    flag: 'memory',
    env: 'PINPIPE_MEMORY',
    type: types.size({ minBytes: 8 * mebibyte }),
    default: 256 * mebibyte,
    description:
      'Record content held at most, for all partitions together; what is largest is stored first when it is used up',
    group: ranges,
  },
})

export type RunSettings = SettingsOf<typeof runSettings>

/** Rules across settings: each returns a sentence for what is wrong. */
export const runRules: readonly Rule<typeof runSettings>[] = [
  ...s3Rules,
  ({ topicPrefix }) => {
    const problem = topicPrefix === undefined ? undefined : topicPrefixProblem(topicPrefix)
    return problem === undefined ? undefined : `--topic-prefix: ${problem}`
  },
  ...formatRules,
]

/** What the run does, in its own terms. Call it with settings that passed the rules. */
export function planOf(settings: RunSettings): {
  readonly topics: TopicChoice
  readonly limits: Limits
  readonly output: OutputSettings
  readonly recovery: { readonly startPolicy: StartPolicy; readonly onSourceGap: 'halt' | 'record' }
} {
  const { rotateEvery, timeZone } = settings
  return {
    topics: topicChoiceOf(settings),
    limits: {
      maxRecords: settings.maxRecords,
      maxBytes: settings.maxBytes,
      maxAgeMs: settings.maxAge,
      ...(rotateEvery !== undefined && {
        schedule: { everyMs: rotateEvery, wallClock: wallClockOf(timeZone) },
      }),
    },
    output: outputOf(settings),
    recovery: { startPolicy: settings.start, onSourceGap: settings.onSourceGap },
  }
}

function topicChoiceOf({ topics, topicsRegex, topicPrefix }: RunSettings): TopicChoice {
  if (topics !== undefined) return { kind: 'list', topics }
  if (topicsRegex !== undefined) return { kind: 'regex', pattern: topicsRegex }
  return { kind: 'prefix', prefix: topicPrefix ?? '' }
}
