/**
 * A server that speaks as much of the MySQL protocol as a bad one needs: it greets, takes every login, and answers every
 * statement with the wish for a file of the client (LOCAL INFILE).
 */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** Bits of the capability flags (MySQL's "Capabilities Flags"). */
export const capabilities = { localFiles: 1 << 7, ssl: 1 << 11, multiStatements: 1 << 16 } as const

export type FakeMysql = AsyncDisposable & {
  readonly port: number
  readonly seen: {
    /** Flags of each login. A client that mistrusts the certificate never logs in. */
    readonly logins: number[]
    /** How often a file was asked for, and all that clients sent after that. */
    filesAskedFor: number
    readonly answers: Buffer[]
  }
}

export async function startFakeMysql(options: {
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly file?: string
}): Promise<FakeMysql> {
  const seen: FakeMysql['seen'] = { logins: [], filesAskedFor: 0, answers: [] }
  const sockets = new Set<Socket>()
  const server = createServer((raw) => {
    sockets.add(raw)
    raw.on('error', () => undefined)
    let socket: Socket = raw
    let step: 'greeted' | 'in' | 'asked' = 'greeted'
    const onData = (chunk: Buffer): void => {
      for (const { sequence, payload, rest } of packetsIn(chunk)) {
        const reply = (bytes: Buffer): void => void socket.write(packet(sequence + 1, bytes))
        if (step === 'greeted') {
          const flags = payload.readUInt32LE(0)
          if (options.tls !== undefined && socket === raw && (flags & capabilities.ssl) !== 0) {
            raw.removeListener('data', onData)
            raw.pause()
            // The first words of TLS may have come with the wish for it.
            if (rest.length > 0) raw.unshift(rest)
            socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(options.tls) })
            socket.on('data', onData).on('error', () => undefined)
            return
          }
          seen.logins.push(flags)
          step = 'in'
          reply(ok)
        } else if (step === 'asked') {
          seen.answers.push(payload)
          step = 'in'
          reply(ok)
        } else if (payload[0] === prepare) reply(prepared)
        else if (payload[0] === execute) {
          seen.filesAskedFor++
          step = 'asked'
          reply(Buffer.concat([Buffer.from([0xfb]), Buffer.from(options.file ?? '')]))
        }
      }
    }
    raw.on('data', onData)
    raw.write(packet(0, greeting(options.tls !== undefined)))
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

const [prepare, execute] = [0x16, 0x17]
const ok = Buffer.from([0, 0, 0, 2, 0, 0, 0])
/** Statement 1, no columns, no parameters. */
const prepared = Buffer.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

/** Protocol 10 with all capabilities but compression, as a server may offer whatever it likes. */
function greeting(tls: boolean): Buffer {
  const flags = (0x00_0b_ff_df & ~(tls ? 0 : capabilities.ssl)) >>> 0
  const head = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10)
  head.writeUInt32LE(7, 0)
  head.fill('s', 4, 12)
  head.writeUInt16LE(flags & 0xff_ff, 13)
  head.writeUInt8(45, 15)
  head.writeUInt16LE(2, 16)
  head.writeUInt16LE(flags >>> 16, 18)
  head.writeUInt8(21, 20)
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from('8.4.0-fake\0'),
    head,
    Buffer.from(`${'s'.repeat(12)}\0mysql_native_password\0`),
  ])
}

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header.writeUInt8(sequence, 3)
  return Buffer.concat([header, payload])
}

type Packet = { readonly sequence: number; readonly payload: Buffer; readonly rest: Buffer }

/** The packets of a chunk, each with what follows it: on loopback a small packet arrives whole. */
function* packetsIn(chunk: Buffer): Generator<Packet> {
  for (let rest = chunk; rest.length >= 4;) {
    const end = 4 + rest.readUIntLE(0, 3)
    const [sequence, payload] = [rest.readUInt8(3), rest.subarray(4, end)]
    rest = rest.subarray(end)
    yield { sequence, payload, rest }
  }
}
