/** Every setting of the producer, declared once: `--help` and the README's table follow from it. */

import { catalogue } from '@pinpipe/schema/catalogue'
import { type Table } from '@pinpipe/schema/table'
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { type SettingsOf, settingsSpec, types } from '@pinpipe/service/settings'
import { modes } from './read-posts.ts'
import { onInvalidType, outType, sourceType } from './setting-values.ts'

const reading = 'Reading'
const pacing = 'Pacing'
const sending = 'Sending'

/** The prefix of topic names in files and on stdout, where no cluster prescribes one. */
const fallbackPrefix = 'pinpipe'

export const producerSettings = settingsSpec({
  source: {
    flag: 'source',
    env: 'MYSQL_URL',
    type: sourceType,
    required: true,
    description:
      'Where posts come from: mysql://user@host:port/database (the variable may hold a password), generate:<posts>, jsonl:<folder>',
    group: reading,
  },
  mysqlPassword: {
    env: 'MYSQL_PASSWORD',
    type: types.text(),
    secret: true,
    description: 'The password of the MySQL user',
    group: reading,
  },
  mysqlTlsCa: {
    flag: 'mysql-tls-ca',
    env: 'MYSQL_TLS_CA',
    type: types.file(),
    description:
      'A PEM file with the authorities to trust for MySQL; TLS is always on unless the host is this machine',
    group: reading,
  },
  mysqlTimeout: {
    flag: 'mysql-timeout',
    type: types.duration({ minMs: 100 }),
    default: 10_000,
    description: 'How long a connect or a statement may take before the connection counts as dead',
    group: reading,
  },
  mysqlRetry: {
    flag: 'mysql-retry',
    type: types.duration(),
    default: 120_000,
    description: 'How long a MySQL that went away in a run is tried again',
    group: reading,
  },
  tables: {
    flag: 'tables',
    type: types.list(),
    description: `The tables to read; without it all: ${catalogue.map((table) => table.name).join(',')}`,
    group: reading,
  },
  mode: {
    flag: 'mode',
    type: types.oneOf(modes),
    default: 'sequential',
    description:
      'Order of the posts. sequential: by index. shuffle: each once in a seeded order. random: drawn with replacement, without end. emulate: what the Python emulator draws, without end',
    group: reading,
  },
  seed: {
    flag: 'seed',
    type: types.integer(),
    default: 100,
    description: 'Seed of everything that is drawn: order, generated rows, arrivals',
    group: reading,
  },
  maxPosts: {
    flag: 'max-posts',
    type: types.integer({ min: 0 }),
    description: 'Stop after so many posts were read (skipped ones count)',
    group: reading,
  },
  maxDuration: {
    flag: 'max-duration',
    type: types.duration(),
    description: 'Stop reading after this time',
    group: reading,
  },
  onMissing: {
    flag: 'on-missing',
    type: types.oneOf(['skip', 'partial', 'fail']),
    default: 'skip',
    description:
      'What happens to a post without a row in one of the tables: skip it, send the rows there are, or stop',
    group: reading,
  },
  onInvalid: {
    flag: 'on-invalid',
    type: onInvalidType,
    default: { kind: 'fail' },
    description:
      'What happens to a row that its schema refuses: stop, drop it, or append it to a file. Its post then counts as one with a missing row',
    group: reading,
  },
  rate: {
    flag: 'rate',
    type: types.rate(),
    description: 'Posts per second (each is one record a table); as fast as possible without it',
    group: pacing,
  },
  arrivals: {
    flag: 'arrivals',
    type: types.oneOf(['constant', 'poisson']),
    default: 'constant',
    description: 'How posts are spread over time with --rate',
    group: pacing,
  },
  backlog: {
    flag: 'backlog',
    type: types.oneOf(['catch-up', 'skip']),
    default: 'catch-up',
    description:
      'After a stall: send what is late at once, or go on at the rate and leave the lost time lost',
    group: pacing,
  },
  sleep: {
    flag: 'sleep',
    type: types.boolean(),
    default: true,
    description: 'Keep the pauses that --mode emulate draws; --no-sleep draws them without waiting',
    group: pacing,
  },
  out: {
    flag: 'out',
    type: outType,
    default: { kind: 'kafka' },
    description: 'Where records go: topics, one JSON line each on stdout, or files PATH/<topic>.jsonl',
    group: sending,
  },
  overwrite: {
    flag: 'overwrite',
    type: types.boolean(),
    default: false,
    description: 'Let --out dir: replace files that exist',
    group: sending,
  },
  topicPrefix: {
    flag: 'topic-prefix',
    env: 'TOPIC_PREFIX',
    type: types.text(),
    description: `Topics are <prefix>.pin, <prefix>.geo, <prefix>.user. Required for --out kafka, else ${fallbackPrefix}`,
    group: sending,
  },
  linger: {
    flag: 'linger',
    type: types.duration(),
    default: 20,
    description: 'How long a record waits for others of its partition',
    group: sending,
  },
  batchBytes: {
    flag: 'batch-bytes',
    type: types.size({ minBytes: 1 }),
    default: 262_144,
    description:
      'A batch of a partition is sent when it holds so many bytes; the topics must take it (max.message.bytes)',
    group: sending,
  },
  bufferBytes: {
    flag: 'buffer-bytes',
    type: types.size({ minBytes: 1 }),
    default: 16_777_216,
    description: 'Reading pauses while so many bytes wait for their acknowledgement',
    group: sending,
  },
  compression: {
    flag: 'compression',
    type: types.oneOf(['none', 'gzip', 'zstd']),
    default: 'none',
    description: 'Compression of the batches',
    group: sending,
  },
  deliveryTimeout: {
    flag: 'delivery-timeout',
    type: types.duration(),
    default: 120_000,
    description: 'How long a batch is sent again after failures that may pass, before the run fails',
    group: sending,
  },
  dryRun: {
    flag: 'dry-run',
    type: types.boolean(),
    default: false,
    description: 'Check source and topics, print what a run would do as JSON, send nothing',
    group: sending,
  },
  ...kafkaSettings,
})

export type ProducerSettings = SettingsOf<typeof producerSettings>

/** The tables of the run, in the order of the catalogue. */
export function tablesOf(settings: Pick<ProducerSettings, 'tables'>): readonly Table[] {
  const { tables } = settings
  return tables === undefined ? catalogue : catalogue.filter((table) => tables.includes(table.name))
}

/** The topic prefix of the run. */
export function prefixOf(settings: Pick<ProducerSettings, 'topicPrefix'>): string {
  return settings.topicPrefix ?? fallbackPrefix
}
