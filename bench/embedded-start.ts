/**
 * How long it takes in a fresh process from the call to the answered Metadata request, modules loaded. Run with node and tsx.
 * Last line: `{"importMs","startMs","secondStartMs"}`.
 */
const before = performance.now()
const { startEmbeddedKafka } = await import('@pinpipe/embedded-kafka')
const importMs = performance.now() - before
const { WireClient } = await import('@pinpipe/embedded-kafka/testing/wire-client')
const { metadata } = await import('@pinpipe/embedded-kafka/api/metadata')

async function start(): Promise<number> {
  const started = performance.now()
  await using kafka = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions: 3 }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  const { topics } = await client.call(metadata, { topics: null })
  const ms = performance.now() - started
  if (topics[0]?.partitions.length !== 3) throw new Error('the topic was not answered')
  return ms
}

const startMs = await start()
const secondStartMs = await start()
process.stdout.write(`${JSON.stringify({ importMs, startMs, secondStartMs })}\n`)
