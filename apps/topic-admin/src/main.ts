import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { topicsApp } from './app.ts'

await runApp(topicsApp(manifest.version))
