import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certificate that is its own authority, made out to `names` such as `DNS:localhost,IP:127.0.0.1`; PEM texts. */
export async function makeCertificate(
  names: string,
): Promise<{ readonly key: string; readonly cert: string }> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-']
  const subject = ['-days', '2', '-subj', '/CN=producer-test', '-addext', `subjectAltName=${names}`]
  const { stdout } = await run('openssl', ['req', '-x509', ...key, ...subject])
  const certificate = stdout.indexOf('-----BEGIN CERTIFICATE-----')
  return { key: stdout.slice(0, certificate), cert: stdout.slice(certificate) }
}
