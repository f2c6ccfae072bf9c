import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { environment } from '@pinpipe/local-stack/environment'
import { expect, test } from 'vitest'
import { fetch } from './api/fetch.ts'
import { produce } from './api/produce.ts'
import { apis } from './apis.ts'
import { startEmbeddedKafka } from './embedded-kafka.ts'
import { ManualClock } from './manual-clock.ts'
import { batchOf, valuesIn } from './testing/batches.ts'
import { read, send } from './testing/calls.ts'
import { Fuzz } from './testing/fuzz.ts'
import { fuzzSockets } from './testing/socket-fuzz.ts'
import { fuzzTopics, validRequests } from './testing/valid-requests.ts'
import { WireClient } from './testing/wire-client.ts'

// A million (two minutes): FUZZ_REQUESTS=1000000 FUZZ_REPORT=1 vitest run packages/embedded-kafka/src/fuzz.test.ts
const requests = Number(environment['FUZZ_REQUESTS'] ?? 10_000)
const seed = Number(environment['FUZZ_SEED'] ?? 1)
const isLong = requests > 100_000
const timeoutMs = Math.max(30_000, requests)

/** Where the figures of a long run go. */
function tell(figures: unknown): void {
  if (environment['FUZZ_REPORT'] !== undefined) process.stdout.write(`${JSON.stringify(figures)}\n`)
}

function usedMemory(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage: unknown = runInNewContext('gc')
  if (typeof collectGarbage === 'function') collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test('the fuzz begins with valid requests of every API that the broker speaks', () => {
  expect(validRequests.map(({ api }) => api.name).toSorted()).toEqual(
    [...apis.values()].map(({ name }) => name).toSorted(),
  )
})

test(
  'mutated requests are answered, refused, or end their connection; the broker goes on',
  { timeout: timeoutMs },
  async () => {
    const fuzz = new Fuzz(seed)
    await fuzz.run(requests, isLong ? usedMemory : undefined)
    tell(fuzz.report)
    const { failures, sent, answered, refused, unanswered, closed, superseded, usedBytes } = fuzz.report
    expect(failures).toEqual([])
    expect(answered + refused + unanswered + closed + superseded).toBe(sent)
    for (const count of [answered, refused, closed]) expect(count).toBeGreaterThan(sent / 20)
    const partitionData = [{ index: 0, records: [batchOf(['still here'])] }]
    const topicData = [{ name: fuzzTopics[0], partitionData }]
    await fuzz.call(produce, { acks: -1, timeoutMs: 0, topicData }, 12)
    const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }]
    const wish = { maxWaitMs: 0, minBytes: 0, topics: [{ topic: fuzzTopics[0], partitions }] }
    const { responses } = await fuzz.call(fetch, wish, 12)
    expect(valuesIn(responses[0]?.partitions[0]?.records ?? null)).toEqual(['0:still here'])
    // The first round compiles and fills caches.
    const [, early = 0] = usedBytes
    expect(usedBytes.at(-1)).toBeLessThanOrEqual(early + 8 * 1024 * 1024)
  },
)

test(
  'mutated frames in pieces over sockets are answered or end their connection; the broker goes on',
  { timeout: timeoutMs },
  async () => {
    const clock = new ManualClock()
    const topics = fuzzTopics.map((topic) => ({ topic, partitions: 3 }))
    await using broker = await startEmbeddedKafka({ topics: [...topics, { topic: 'sound' }], clock })
    const port = Number(broker.bootstrapServers.split(':')[1])
    const frames = Math.round(requests / 10)
    const report = await fuzzSockets(port, clock, { seed, requests: frames })
    tell(report)
    expect(broker.internalErrors).toEqual([])
    // One frame in five lies about its length; some of these go on beyond what is sent.
    expect(report.incomplete).toBeLessThan(frames / 4)
    expect(report.closed).toBeGreaterThan(frames / 10)
    expect(report.served).toBeGreaterThan(frames / 10)

    await using client = await WireClient.open(broker.bootstrapServers)
    expect((await send(client, 'sound', batchOf(['still here']))).errorCode).toBe(0)
    expect(valuesIn((await read(client, 'sound')).records)).toEqual(['0:still here'])
  },
)
