/** The app as main.ts starts it. */
import type { App } from '@pinpipe/service/command'
import { locateCommand } from './locate.ts'
import { newEpochCommand } from './new-epoch.ts'
import { runCommand } from './run.ts'
import { skipCommand } from './skip.ts'
import { statusCommand } from './status.ts'
import { verifyCommand } from './verify.ts'

/** The consumer, with all its commands. */
export function consumerApp(version: string): App {
  return {
    name: 'consumer',
    version,
    description: 'Kafka records to objects in S3 or in a folder: the batch consumer of pinpipe.',
    commands: [runCommand, statusCommand, verifyCommand, locateCommand, skipCommand, newEpochCommand],
    defaultCommand: 'run',
  }
}
