/** The socket of one logical broker. */

import { type Server, type Socket, createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Respond, serve } from './connection.ts'
import { readingSocket } from './reading-socket.ts'

export type Listener = AsyncDisposable & {
  readonly port: number
  /** Ends all connections; new ones are welcome. */
  dropConnections(): void
}

export type ListenerOptions = {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly maxFrameBytes: number
  readonly tls: TlsOptions | undefined
}

/** PEM of the server's certificate (chain) and of its key. */
export type TlsOptions = { readonly cert: string; readonly key: string }

/** @throws the error of `listen`, such as EADDRINUSE, or of a key or certificate that is none */
export async function openListener(
  options: ListenerOptions,
  respondTo: (socket: Socket) => Respond,
): Promise<Listener> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  }
  const { tls, maxFrameBytes } = options
  const server =
    tls === undefined
      ? createServer({ pauseOnConnect: true }, (accepted) => {
          const respond = respondTo(accepted)
          keep(serve((onRead) => readingSocket(accepted, onRead), maxFrameBytes, respond))
        })
      : createTlsServer(tls, (socket) => {
          serve((onRead) => socket.on('data', onRead), maxFrameBytes, respondTo(socket))
        }).on('connection', keep)
  const port = await listen(server, options)
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    dropConnections,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => {
        server.close(resolve)
      })
      dropConnections()
      await closed
    },
  }
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error(`the listener on ${host}:${port} has no port`))
    })
  })
}
