// A certificate authority for one server's life, with a server and a client certificate. Made with openssl, which comes
// with ca-certificates, so every machine that can clone over HTTPS has it.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from './run-program.ts'

export type TlsFiles = {
  /** PEM path of the authority's certificate. */
  readonly ca: string
  /** PEM path of key and certificate chain in one file, as Kafka's PEM key store wants it. */
  readonly serverKeyStore: string
  /** PEM paths of the client's certificate (CN=pinpipe-client) and key. */
  readonly clientCert: string
  readonly clientKey: string
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
const days = ['-days', '30']

/** Makes the files in `folder`. The server's certificate is for `localhost` and `127.0.0.1`. @throws Error of openssl */
export async function makeTlsFiles(folder: string): Promise<TlsFiles> {
  await mkdir(folder, { recursive: true })
  const openssl = async (...args: string[]): Promise<string> =>
    await mustRun('openssl', args, { cwd: folder })
  const authority = ['-subj', '/CN=pinpipe local authority', '-addext', 'basicConstraints=critical,CA:TRUE']
  const usage = ['-addext', 'keyUsage=critical,keyCertSign']
  await openssl(
    'req',
    '-x509',
    ...newKey,
    ...days,
    ...authority,
    ...usage,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  )
  const sign = async (name: string, subject: string, extensions: string): Promise<void> => {
    await writeFile(join(folder, `${name}.ext`), extensions)
    await openssl('req', ...newKey, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', name === 'server' ? '2' : '3']
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      ...days,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    )
  }
  await sign(
    'server',
    '/CN=localhost',
    'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n',
  )
  await sign('client', '/CN=pinpipe-client', 'extendedKeyUsage=clientAuth\n')
  const path = (name: string): string => join(folder, name)
  const parts = ['server.key', 'server.pem', 'ca.pem'].map(async (name) => await readFile(path(name), 'utf8'))
  await writeFile(path('server-keystore.pem'), (await Promise.all(parts)).join(''), { mode: 0o600 })
  return {
    ca: path('ca.pem'),
    serverKeyStore: path('server-keystore.pem'),
    clientCert: path('client.pem'),
    clientKey: path('client.key'),
  }
}
