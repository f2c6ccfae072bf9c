/**
 * The embedded broker with a given limit, and the most memory that it took. Run with node and tsx; arguments: limit in bytes.
 * First line: bootstrap servers. After SIGTERM: `{"startRssBytes","peakRssBytes","peakBufferBytes","peakUsedBytes"}`.
 */
import { once } from 'node:events'
import { startEmbeddedKafka } from '@pinpipe/embedded-kafka'

const maxBytes = Number(process.argv[2])
await using kafka = await startEmbeddedKafka({ maxBytes })
const startRssBytes = process.memoryUsage.rss()
const peak = { peakRssBytes: 0, peakBufferBytes: 0, peakUsedBytes: 0 }
const sampler = setInterval(() => {
  const { rss, arrayBuffers } = process.memoryUsage()
  peak.peakRssBytes = Math.max(peak.peakRssBytes, rss)
  peak.peakBufferBytes = Math.max(peak.peakBufferBytes, arrayBuffers)
  peak.peakUsedBytes = Math.max(peak.peakUsedBytes, kafka.usedBytes)
}, 10)
process.stdout.write(`${kafka.bootstrapServers}\n`)
await once(process, 'SIGTERM')
clearInterval(sampler)
process.stdout.write(`${JSON.stringify({ startRssBytes, ...peak })}\n`)
