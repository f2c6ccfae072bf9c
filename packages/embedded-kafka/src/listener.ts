/** The socket of one logical broker. */

import { type Server, type Socket, createServer } from 'node:net'
import { type Respond, serve } from './connection.ts'

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
}

/** @throws the error of `listen`, such as EADDRINUSE */
export async function openListener(
  options: ListenerOptions,
  respondTo: (socket: Socket) => Respond,
): Promise<Listener> {
  const sockets = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    const socket = serve(accepted, options.maxFrameBytes, respondTo(accepted))
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
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
