/** Servers that are not Kafka, for tests of connections. */

import { type Socket, connect, createServer } from 'node:net'

/** Accepts connections and says nothing. */
export function silentServer(): Promise<AsyncDisposable & { address: string }> {
  return serverAt('127.0.0.1', () => undefined)
}

/** The same server under an address that does not stand in its certificate. */
export function forwarder(target: string, at = '127.0.0.2'): Promise<AsyncDisposable & { address: string }> {
  return serverAt(at, (socket) => {
    const [host = '', port] = target.split(':')
    const upstream = connect(Number(port), host)
    upstream.on('error', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  })
}

async function serverAt(
  host: string,
  onSocket: (socket: Socket) => void,
): Promise<AsyncDisposable & { address: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve)
  })
  const bound = server.address()
  const port = typeof bound === 'object' ? bound?.port : undefined
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
