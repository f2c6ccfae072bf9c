/** The process of the consumer. */
import { setFlagsFromString } from 'node:v8'
import { runApp } from '@pinpipe/service/command'
import manifest from '../package.json' with { type: 'json' }
import { consumerApp } from './app.ts'

// Fetched records die young. Once many of them happened to live through a collection, V8 makes all later ones in the old
// generation ("pretenuring") and then collects that all the time: twice the CPU time, see bench/RESULTS.md.
setFlagsFromString('--no-allocation-site-pretenuring')
// No object is made for a record, so there is little to collect: a young generation that may grow to 64 MB only holds memory.
setFlagsFromString('--semi-space-growth-factor=1')

await runApp(consumerApp(manifest.version))
