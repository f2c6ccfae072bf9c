/** The process of the consumer. */
import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { runCommand } from './run.ts'

await runApp({
  name: 'consumer',
  version: manifest.version,
  description: 'Kafka records to objects in S3 or in a folder: the batch consumer of pinpipe.',
  commands: [runCommand],
  defaultCommand: 'run',
})
