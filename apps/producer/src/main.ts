import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { producerApp } from './app.ts'

await runApp(producerApp(manifest.version))
