import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { fetch } from './api/fetch.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.ts'
import { FrameReader } from './frame-reader.ts'
import { skipTags } from './request-header.ts'
import { batchOf, batchesIn } from './testing/batches.ts'
import { send } from './testing/calls.ts'
import { requestFrame } from './testing/request-frame.ts'
import { WireClient } from './testing/wire-client.ts'
import { Reader } from './wire/reader.ts'

const mib = 1024 * 1024
const maxBytes = 32 * mib
const version = 12

async function fill(kafka: EmbeddedKafka, letter: string): Promise<void> {
  await using client = await WireClient.open(kafka.bootstrapServers)
  for (let round = 0; round < 40; round++) await send(client, 't', batchOf([letter.repeat(mib - 200)]))
}

/** A client that asks for nearly everything, more than the system's buffers hold, and does not read. */
async function greedyClient(kafka: EmbeddedKafka): Promise<Socket> {
  const { startOffset = 0n } = kafka.partition('t', 0) ?? {}
  const socket = connect(Number(kafka.bootstrapServers.split(':')[1]), '127.0.0.1').pause()
  await once(socket, 'connect')
  const partitions = [{ partition: 0, fetchOffset: startOffset, partitionMaxBytes: maxBytes }]
  const request = { maxWaitMs: 0, minBytes: 0, topics: [{ topic: 't', partitions }] }
  socket.write(requestFrame(fetch, request, { version, correlationId: 1, clientId: 'greedy' }))
  // The broker has read the log when the first bytes arrive.
  await once(socket, 'readable')
  return socket
}

test('what a slow client was given stays as it is until it has read it', async () => {
  await using kafka = await startEmbeddedKafka({ maxBytes, topics: [{ topic: 't' }] })
  await fill(kafka, 'x')
  const socket = await greedyClient(kafka)
  await fill(kafka, 'y')
  const frames = new FrameReader(2 * maxBytes)
  let answer: Buffer | undefined
  socket.on('data', (bytes: Buffer) => {
    for (const frame of frames.push(bytes)) answer = frame
  })
  await vi.waitUntil(() => answer, { timeout: 10_000 })
  const reader = new Reader(answer?.subarray(4) ?? Buffer.alloc(0))
  skipTags(reader)
  const { responses } = fetch.codecs(version).response.read(reader)
  const batches = batchesIn(responses[0]?.partitions[0]?.records ?? Buffer.alloc(0))
  expect(batches.length).toBeGreaterThan(25)
  for (const batch of batches) expect(batch.computeCrc()).toBe(batch.storedCrc)
  expect(batches.every(({ payload }) => !payload.includes('y'))).toBe(true)
  socket.destroy()
})

test('the memory of what was dropped is free when the client that should have read it is gone', async () => {
  await using kafka = await startEmbeddedKafka({ maxBytes, topics: [{ topic: 't' }] })
  await fill(kafka, 'x')
  const socket = await greedyClient(kafka)
  kafka.faults.truncate('t', 0, 0n)
  const waiting = kafka.usedBytes
  expect(waiting).toBeGreaterThan(maxBytes / 2)
  socket.destroy()
  await vi.waitUntil(() => kafka.usedBytes < waiting / 10)
})
