/** The app as it is started by main.ts, and by tests in their own process. */

import { type App } from '@pinpipe/service/command'
import { run } from './run.ts'

/** The producer with its one command, `run`. `version` is what `--version` prints. */
export function producerApp(version: string): App {
  return {
    name: 'producer',
    version,
    description:
      'reads posts from MySQL, files or a generator and sends them to Kafka, standard output or files',
    commands: [run],
    defaultCommand: 'run',
  }
}
