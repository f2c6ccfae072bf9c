import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { fetchCommand } from './fetch.ts'
import { upCommand } from './up.ts'

await runApp({
  name: 'stack',
  version: manifest.version,
  description: 'Kafka, MySQL and S3 for a developer',
  commands: [upCommand, fetchCommand],
})
