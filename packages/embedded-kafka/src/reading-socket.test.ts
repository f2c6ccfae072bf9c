import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { expect, test, vi } from 'vitest'
import { readingSocket } from './reading-socket.ts'

/** What is received, and over how many buffers it came. */
async function receive(prepare: (accepted: Socket) => void): Promise<{ text: string; buffers: number }> {
  const received: Buffer[] = []
  const buffers = new Set<ArrayBufferLike>()
  const sockets: Socket[] = []
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    prepare(accepted)
    const socket = readingSocket(accepted, (bytes) => {
      received.push(Buffer.from(bytes))
      buffers.add(bytes.buffer)
      if (Buffer.concat(received).length === 600_000) socket.end('all is here')
    })
    sockets.push(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.end('x'.repeat(600_000))
  const [answer] = (await once(client, 'data')) as [Buffer]
  expect(String(answer)).toBe('all is here')
  await vi.waitUntil(() => sockets[0]?.closed)
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return { text: Buffer.concat(received).toString(), buffers: buffers.size }
}

test('a socket reads into one buffer, and its server notices its end', async () => {
  expect(await receive(() => undefined)).toEqual({ text: 'x'.repeat(600_000), buffers: 1 })
})

/** Until the socket is in use. */
function hideServer(accepted: Socket): void {
  const server: unknown = Reflect.get(accepted, '_server')
  Object.assign(accepted, { _server: undefined })
  setImmediate(() => Object.assign(accepted, { _server: server }))
}

test('where Node has no handle to give, the accepted socket is used', async () => {
  const { text, buffers } = await receive(hideServer)
  expect(text).toBe('x'.repeat(600_000))
  expect(buffers).toBeGreaterThan(1)
})
