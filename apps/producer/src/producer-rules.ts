/** The rules between the settings of the producer: what one of them cannot say alone. Pure. */

import { catalogue, tableNamed, topicPrefixProblem } from '@pinpipe/schema/catalogue'
import { type Rule } from '@pinpipe/service/settings'
import { type producerSettings } from './producer-settings.ts'

/** Each gives the problems it sees as sentences; all of them are told at once. */
export const producerRules: readonly Rule<typeof producerSettings>[] = [
  ({ out, topicPrefix }) =>
    out.kind === 'kafka' && topicPrefix === undefined
      ? '--topic-prefix (or the variable TOPIC_PREFIX) is required: topics are <prefix>.pin, <prefix>.geo, <prefix>.user'
      : undefined,
  ({ out, brokers, clientProperties }) =>
    out.kind === 'kafka' && brokers === undefined && clientProperties === undefined
      ? '--brokers (or the variable KAFKA_BROKERS) is required with --out kafka'
      : undefined,
  ({ topicPrefix }) => {
    const problem = topicPrefix === undefined ? undefined : topicPrefixProblem(topicPrefix)
    return problem === undefined ? undefined : `--topic-prefix: ${problem}`
  },
  ({ tables }) => unknownTables(tables ?? []),
  ({ mode, sleep, rate }) =>
    mode === 'emulate' && sleep && rate !== undefined
      ? '--rate and the pauses of --mode emulate contradict each other: add --no-sleep'
      : undefined,
  ({ rate }, given) =>
    rate === undefined && given.origin('arrivals') !== 'default'
      ? '--arrivals has no meaning without --rate'
      : undefined,
  ({ batchBytes, bufferBytes }) =>
    bufferBytes < batchBytes
      ? '--buffer-bytes is smaller than --batch-bytes: a batch would never fill'
      : undefined,
  ({ source }, given) =>
    given.origin('source') === 'environment' && source.kind !== 'mysql'
      ? 'MYSQL_URL is not a mysql:// URL: use --source for other sources'
      : undefined,
]

function unknownTables(names: readonly string[]): readonly string[] {
  const known = catalogue.map((table) => table.name).join(', ')
  return names
    .filter((name) => tableNamed(name) === undefined)
    .map((name) => `--tables: there is no table ${name}; there are ${known}`)
}
