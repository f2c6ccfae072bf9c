/** The process of the consumer. */
import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { consumerApp } from './app.ts'

await runApp(consumerApp(manifest.version))
