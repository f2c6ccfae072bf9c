/** A TCP proxy in front of MySQL that breaks connections in the middle of an answer, and counts what it broke. */

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** KILL as an administrator does; RST; FIN, an orderly end; black hole: both sides stay connected and hear nothing more. */
export const faultKinds = ['KILL', 'RST', 'FIN', 'black hole'] as const
export type FaultKind = (typeof faultKinds)[number]

export type FaultyProxy = AsyncDisposable & {
  readonly port: number
  /** Faults that happened, and the connections that were made. */
  readonly seen: { faults: number; connections: number }
}

/** So many bytes after the server began to speak, or when the client asks for its first statement to be prepared. */
export type FaultPoint = number | 'first statement'

/** COM_STMT_PREPARE of the MySQL protocol. */
const prepareCommand = 0x16

/** @param options.faultsAt where the n-th connection breaks; connections beyond the list are left alone */
export async function startFaultyProxy(options: {
  readonly target: { readonly host: string; readonly port: number }
  readonly kind: FaultKind
  readonly faultsAt: readonly FaultPoint[]
  /** Ends a connection by the id that the server gave it. */
  readonly kill: (connectionId: number) => Promise<void>
}): Promise<FaultyProxy> {
  const seen = { faults: 0, connections: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(options.target)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    const faultAt = options.faultsAt[seen.connections++] ?? Infinity
    let received = 0
    let connectionId: number | undefined
    let isBroken = false
    let isDue = faultAt !== Infinity
    const breakNow = (rest: Buffer, to: Socket): void => {
      isDue = false
      isBroken = options.kind !== 'KILL'
      seen.faults++
      switch (options.kind) {
        case 'RST':
          client.resetAndDestroy()
          upstream.destroy()
          break
        case 'FIN':
          client.end()
          upstream.destroy()
          break
        case 'KILL':
          upstream.pause()
          void options.kill(connectionId ?? 0).finally(() => {
            to.write(rest)
            upstream.resume()
          })
          break
        case 'black hole':
          break
      }
    }
    upstream.on('data', (chunk: Buffer) => {
      connectionId ??= connectionIdIn(chunk)
      if (isBroken) return
      const before = received
      received += chunk.length
      if (isDue && typeof faultAt === 'number' && received >= faultAt) {
        client.write(chunk.subarray(0, faultAt - before))
        breakNow(chunk.subarray(faultAt - before), client)
      } else client.write(chunk)
    })
    client.on('data', (chunk: Buffer) => {
      if (isBroken) return
      if (isDue && faultAt === 'first statement' && chunk[4] === prepareCommand) breakNow(chunk, upstream)
      else upstream.write(chunk)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => {
      if (!isBroken) client.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

/** The greeting: four bytes of packet header, the protocol's version, the server's version ended by zero, the id. */
function connectionIdIn(greeting: Buffer): number {
  return greeting.readUInt32LE(greeting.indexOf(0, 5) + 1)
}
