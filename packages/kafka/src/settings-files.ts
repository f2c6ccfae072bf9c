/** The files that the settings name. */

import { Failure } from '@pinpipe/service/failure'
import { readFile } from 'node:fs/promises'
import { type KafkaTls } from './connection.ts'

/** The certificate authorities, read. Throws a Failure with exit 64 for a file that is no PEM. */
export async function readPem(tls: { readonly caFile?: string }): Promise<KafkaTls> {
  if (tls.caFile === undefined) return {}
  const ca = await readText(tls.caFile, 'the certificate authorities (--tls-ca)')
  if (ca.includes('-----BEGIN CERTIFICATE-----')) return { ca }
  throw new Failure(
    `${tls.caFile} holds no PEM certificate ("-----BEGIN CERTIFICATE-----"): --tls-ca takes a PEM file.`,
    {
      exit: 'usage',
    },
  )
}

/** The text of a file. Throws a Failure with exit 64 that says what could not be read and why. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, what, error)
  }
}

/** Exit 64: the sentence for a file that cannot be read. */
export function unreadable(path: string, what: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason =
    { ENOENT: 'there is no such file', EACCES: 'permission denied', EISDIR: 'it is a directory' }[code] ??
    code
  return new Failure(`Cannot read ${what} from ${path}: ${reason}.`, { exit: 'usage', cause: error })
}
