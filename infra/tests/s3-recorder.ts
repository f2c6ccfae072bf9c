/** Stands between an app and an S3 server, speaks TLS as S3 does, passes everything on as it came, and writes down what came. */
import { readFile } from 'node:fs/promises'
import { request as requestOf } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { TLSSocket } from 'node:tls'
import { makeTlsFiles } from '@pinpipe/local-stack/tls-files'
import type { S3Request } from './s3-requests.ts'

export type S3Recorder = AsyncDisposable & {
  /** `https://127.0.0.1:<port>`. */
  readonly endpoint: string
  /** PEM file of the authority to trust. */
  readonly ca: string
  /** In the order of their arrival. */
  readonly requests: readonly S3Request[]
}

/** Starts a recorder in front of `endpoint` (plain HTTP). Its certificates lie in `folder`. */
export async function startS3Recorder(endpoint: string, folder: string): Promise<S3Recorder> {
  const { ca, serverKeyStore } = await makeTlsFiles(folder)
  const pem = await readFile(serverKeyStore)
  const requests: S3Request[] = []
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    const { method = '', url = '', headers, socket } = request
    requests.push({
      method,
      path: url,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      tls: socket instanceof TLSSocket ? socket.getProtocol() : null,
    })
    // The headers as they came, `Host` with them: they are signed.
    const onward = requestOf(new URL(url, endpoint), { method, headers: request.rawHeaders }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      pipeline(answer, response).catch(() => response.destroy())
    })
    pipeline(request, onward).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `https://127.0.0.1:${port}`,
    ca,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
