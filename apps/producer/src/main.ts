import { runApp } from '@pinpipe/service/command'
import packageFile from '../package.json' with { type: 'json' }
import { run } from './run.ts'

await runApp({
  name: 'producer',
  version: packageFile.version,
  description:
    'reads posts from MySQL, files or a generator and sends them to Kafka, standard output or files',
  commands: [run],
  defaultCommand: 'run',
})
