/** Opens the sink that the settings name. */

import { connectionOf } from '@pinpipe/kafka/settings'
import { openProducer } from '@pinpipe/kafka/producer'
import { type CommandContext } from '@pinpipe/service/command'
import { DirOutput } from './dir-output.ts'
import { type ProducerEvents } from './events.ts'
import { KafkaOutput } from './kafka-output.ts'
import { type Output } from './output.ts'
import { prefixOf, type ProducerSettings } from './producer-settings.ts'
import { StdoutOutput } from './stdout-output.ts'
import { type Tally } from './tally.ts'

export type OutputExtras = {
  readonly context: CommandContext
  readonly runId: string
  readonly events: ProducerEvents
  readonly tally: Tally
}

/** Throws a Failure for a cluster that is not reachable or refuses the login, and for a folder that cannot be written. */
export async function openOutput(
  settings: ProducerSettings,
  { context, runId, events, tally }: OutputExtras,
): Promise<Output> {
  const { out } = settings
  if (out.kind === 'stdout') return new StdoutOutput({ stream: context.stdout, tally, events })
  if (out.kind === 'dir')
    return new DirOutput({ folder: out.folder, overwrite: settings.overwrite, tally, events })
  const connection = await connectionOf(settings, { clientId: 'pinpipe-producer', log: context.log })
  return new KafkaOutput({
    producer: await openProducer(connection, { compression: settings.compression }),
    brokers: connection.brokers,
    topicPrefix: prefixOf(settings),
    runId,
    batchBytes: settings.batchBytes,
    bufferBytes: settings.bufferBytes,
    lingerMs: settings.linger,
    deliveryTimeoutMs: settings.deliveryTimeout,
    events,
    tally,
  })
}
