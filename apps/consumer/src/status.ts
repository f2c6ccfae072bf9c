/** `consumer status`: how far a lake is, partition by partition. Changes nothing. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { KafkaError } from '@pinpipe/kafka/errors'
import type { PartitionLog, ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import { connectionOf, kafkaSettings, type KafkaSettings } from '@pinpipe/kafka/settings'
import { command, type CommandContext } from '@pinpipe/service/command'
import { formatDuration } from '@pinpipe/service/duration'
import { types } from '@pinpipe/service/settings'
import { textTable } from '@pinpipe/service/text-table'
import { systemClock } from './clock.ts'
import { outputSetting, printResult } from './inspect/output.ts'
import { statusOf, type PartitionStatus } from './inspect/partition-status.ts'
import { withAges } from './inspect/unstored-age.ts'
import { openLake } from './lake/lake.ts'
import { lakeSettings } from './lake/lake-settings.ts'
import type { Store } from './lake/store.ts'
import { keyOf } from './partition-key.ts'

const group = 'Status'

export const statusCommand = command({
  name: 'status',
  summary: 'Tell how far each partition is stored, and with --brokers how far behind its log',
  settings: {
    ...kafkaSettings,
    ...lakeSettings,
    ...outputSetting,
    topics: {
      flag: 'topics',
      type: types.list({ takes: 'A,B' }),
      description: 'These topics only; all that the lake has unless given',
      group,
    },
    count: {
      flag: 'count',
      type: types.boolean(),
      default: false,
      description: 'Read every link, to count the records that are stored',
      group,
    },
  },
  examples: [
    'consumer status --lake s3://my-bucket/posts',
    'consumer status --lake s3://my-bucket/posts --brokers broker:9092 -o json',
  ],
  async run(settings, context) {
    await using resources = new AsyncDisposableStack()
    const store = resources.use(await openLake(settings, context))
    const partitions = await partitionsOf(store, settings, context)
    const lines = textTable(header, partitions.map(cellsOf)).trimEnd()
    await printResult(context.stdout, settings.output, {
      document: { lake: store.name, partitions },
      lines: [lines === '' ? 'the lake has no chains of these topics' : lines],
    })
  },
})

type StatusSettings = KafkaSettings & {
  readonly topics?: readonly string[] | undefined
  readonly count: boolean
}

async function partitionsOf(
  store: Store,
  settings: StatusSettings,
  { log, drain }: CommandContext,
): Promise<readonly PartitionStatus[]> {
  const asked = { topics: settings.topics, counts: settings.count, clock: systemClock }
  if (settings.brokers === undefined && settings.clientProperties === undefined)
    return await statusOf(store, { ...asked, logsOf: undefined })
  const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log })
  await using admin = await openReadOnlyAdmin(connection)
  const logs = new Map<string, PartitionLog>()
  const logsOf = async (topic: string): Promise<readonly PartitionLog[]> => {
    const found = await logsOrNone(admin, topic)
    for (const one of found) logs.set(keyOf(one), one)
    return found
  }
  const statuses = await statusOf(store, { ...asked, logsOf })
  return await withAges(statuses, { connection, logs, nowMs: systemClock.wallMs(), signal: drain })
}

/** None of a topic that was deleted. */
async function logsOrNone(admin: ReadOnlyAdmin, topic: string): Promise<readonly PartitionLog[]> {
  try {
    return await admin.logs(topic)
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'UNKNOWN_TOPIC') return []
    throw error
  }
}

const header = ['TOPIC', 'PARTITION', 'EPOCH', 'FRONTIER', 'RECORDS', 'LATEST', 'STATE', 'LAG', 'OLDEST']

function cellsOf(status: PartitionStatus): string[] {
  const { topic, partition, epoch, frontier, records, latestAtMs, state, unfinished, lag } = status
  const cells = [
    topic,
    partition,
    epoch,
    frontier,
    records,
    latestAtMs === undefined ? undefined : new Date(latestAtMs).toISOString(),
    unfinished > 0 ? `${state} (${unfinished} objects)` : state,
    lag,
    status.oldestUnstoredAgeMs === undefined
      ? undefined
      : formatDuration(Math.max(0, status.oldestUnstoredAgeMs)),
  ]
  return cells.map((cell) => (cell === undefined ? '-' : String(cell)))
}
