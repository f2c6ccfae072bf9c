/** The process of the consumer. */
import { setFlagsFromString } from 'node:v8'
import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { consumerApp } from './app.ts'

// Fetched records die young. Once many of them happened to live through a collection, V8 makes all later ones in the old
// generation ("pretenuring") and then collects that all the time: twice the CPU time, see bench/RESULTS.md.
setFlagsFromString('--no-allocation-site-pretenuring')

await runApp(consumerApp(manifest.version))
