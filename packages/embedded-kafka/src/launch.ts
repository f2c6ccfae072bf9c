/** Starts what the command line asks for: the broker, its certificates, its logins, an STS beside it. */

import { readFile, writeFile } from 'node:fs/promises'
import { type Logins } from './broker-sockets.ts'
import { type CommandLine, type Security } from './command-line.ts'
import { startEmbeddedKafka } from './embedded-kafka.ts'
import { plain } from './login/plain.ts'
import { scram } from './login/scram.ts'
import { type MskIam } from './msk-iam.ts'

export type Running = AsyncDisposable & {
  readonly bootstrapServers: string
  /** With --msk-iam. */
  readonly stsUrl: string | undefined
}

/** @throws RangeError for a file that is wrong; what reading, writing and listening throw */
export async function launch({
  options,
  security,
}: CommandLine & { readonly kind: 'run' }): Promise<Running> {
  await using resources = new AsyncDisposableStack()
  const iam = await iamOf(security)
  const sts = iam === undefined ? undefined : resources.use(await iam.startSts(security.stsPort))
  const logins = loginsOf(security, iam)
  const tls = await tlsOf(security)
  const secured = { ...(logins !== undefined && { logins }), ...(tls !== undefined && { tls }) }
  const kafka = resources.use(await startEmbeddedKafka({ ...options, ...secured }))
  const { bootstrapServers } = kafka
  const kept = resources.move()
  return { bootstrapServers, stsUrl: sts?.url, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

// What few need is not loaded for the others.

async function iamOf({ iamFile }: Security): Promise<MskIam | undefined> {
  if (iamFile === undefined) return undefined
  const [{ mskIam }, { iamOptions }] = await Promise.all([
    import('./msk-iam.ts'),
    import('./iam/iam-file.ts'),
  ])
  return mskIam(iamOptions(await readFile(iamFile, 'utf8')))
}

async function tlsOf({ caFile }: Security): Promise<{ cert: string; key: string } | undefined> {
  if (caFile === undefined) return undefined
  const { testCertificates } = await import('./test-certificates.ts')
  const { ca, cert, key } = await testCertificates()
  await writeFile(caFile, ca)
  return { cert, key }
}

function loginsOf({ users, maxSessionMs }: Security, iam: MskIam | undefined): Logins | undefined {
  const passwords =
    users === undefined ? [] : [plain(users), scram('SCRAM-SHA-256', users), scram('SCRAM-SHA-512', users)]
  const mechanisms = [...passwords, ...(iam?.mechanisms ?? [])]
  if (mechanisms.length === 0) return undefined
  return { mechanisms, maxSessionMs: maxSessionMs === 0 ? (iam?.maxSessionMs ?? 0) : maxSessionMs }
}
