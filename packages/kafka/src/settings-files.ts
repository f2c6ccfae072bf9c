/** The files that the settings and client.properties name. */

import { UsageFailure } from '@pinpipe/service/failure'
import { readFile } from 'node:fs/promises'
import { type FileTls, type PemSource } from './client-properties-ssl.ts'
import { type KafkaTls } from './connection.ts'

/**
 * Authorities, certificate and key, read. A private key is read into memory only.
 * Throws UsageFailure for a file that cannot be read or holds no PEM of the kind that is needed.
 */
export async function readTls(tls: FileTls): Promise<KafkaTls> {
  const [ca, cert, key] = await Promise.all([
    pemOf(tls.ca, 'the certificate authorities', 'CERTIFICATE'),
    pemOf(tls.cert, "the client's certificate", 'CERTIFICATE'),
    pemOf(tls.key, "the client's key", 'PRIVATE KEY'),
  ])
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
  }
}

async function pemOf(
  source: PemSource | undefined,
  what: string,
  label: string,
): Promise<string | undefined> {
  if (source === undefined) return undefined
  const from = 'file' in source ? source.file : 'client.properties'
  const text = 'file' in source ? await readText(source.file, what) : source.pem
  // The label of a key may have a word before it: RSA, EC, ENCRYPTED.
  if (new RegExp(`-----BEGIN ([A-Z]+ )?${label}-----`).test(text)) return text
  throw new UsageFailure(
    `${from} holds no PEM for ${what}: give a file with a line "-----BEGIN ${label}-----"`,
  )
}

async function readText(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, what, error)
  })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file, correct the path',
  EACCES: 'permission denied, let the user of this process read it',
  EISDIR: 'it is a directory, name a file in it',
}

/** The failure for a file that cannot be read: what it should have held, where, and why. Exit 64. */
export function unreadable(path: string, what: string, error: unknown): UsageFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return new UsageFailure(`cannot read ${what} from ${path}: ${reasons[code] ?? code}`, { cause: error })
}
