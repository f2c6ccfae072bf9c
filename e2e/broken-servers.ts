/** Servers that are not what they should be, on 127.0.0.1, for as long as a test needs them. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export type BrokenServer = AsyncDisposable & {
  /** `127.0.0.1:port` */
  readonly address: string
  readonly port: number
  /** How often somebody called: a test shows with it that its fault was met. */
  readonly calls: () => number
}

/** Takes connections and never says a word. */
export const blackHole = (): Promise<BrokenServer> => listening(createServer())

/** An address where nothing listens: it was free a moment ago. */
export async function closedAddress(): Promise<string> {
  await using server = await blackHole()
  return server.address
}

/**
 * A Kafka listener without TLS, seen through a wire that changes one word of what the client says: so a real broker can
 * be asked for a login mechanism that it does not have. Both words are of one length.
 */
export function misheardBroker(target: string, said: string, heard: string): Promise<BrokenServer> {
  const [host = '', port] = target.split(':')
  return listening(
    createServer((client) => {
      const broker = connect(Number(port), host)
      broker.on('error', () => client.destroy())
      client.on('data', (chunk: Buffer) => {
        broker.write(Buffer.from(chunk.toString('latin1').replace(said, heard), 'latin1'))
      })
      client.on('close', () => broker.destroy())
      broker.pipe(client)
    }),
  )
}

/** An S3, or another service of AWS, that answers every request in the same way. */
export async function brokenS3(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<BrokenServer> {
  const server = createHttpServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => answer(request, response, body))
  })
  return await listening(server)
}

/** An S3 that fails with an error document of that code. */
export const failingS3 = (
  status: number,
  code: string,
  message = 'as the test asked for',
): Promise<BrokenServer> =>
  brokenS3((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`)
  })

async function listening(server: Server): Promise<BrokenServer> {
  const sockets = new Set<Socket>()
  let calls = 0
  server.on('connection', (socket: Socket) => {
    calls++
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    port,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}
