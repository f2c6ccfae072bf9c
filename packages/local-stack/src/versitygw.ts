// A real S3 server over a folder: versitygw, built once by Go into the user's cache folder.
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withFreePorts } from './free-port.ts'
import { type GoTool, fetchGoTool, hasGoTool } from './go-tool.ts'
import { type S3Facts, type S3Access, s3Access } from './s3-access.ts'
import { newSecret } from './secrets.ts'
import { inServerFolder } from './server-folder.ts'
import { type Server, startServer } from './server.ts'

export type S3Server = Server & S3Facts & S3Access

export const versityGw: GoTool = {
  name: 'versitygw',
  package: 'github.com/versity/versitygw/cmd/versitygw',
  version: 'v1.8.0',
}

/** Whether the program is in the cache. */
export async function hasVersityGw(): Promise<boolean> {
  return await hasGoTool(versityGw)
}

/** Builds versitygw with Go unless it is in the cache; returns its path. @throws Error with Go's last lines */
export async function fetchVersityGw(): Promise<string> {
  return await fetchGoTool(versityGw)
}

/**
 * Starts an S3 server on `port`, by default a free port of 127.0.0.1 (about half a second) with keys of its own.
 * @throws AddressInUse when the given port is taken; StartFailure with the log's path and last lines
 */
export async function startVersityGw(options: { port?: number } = {}): Promise<S3Server> {
  const program = await fetchVersityGw()
  const start = async (port: number): Promise<S3Server> =>
    await inServerFolder('versitygw', async (folder) => await startIn(folder, program, port))
  return await withFreePorts(1, async ([port = 0]) => await start(port), options)
}

async function startIn(folder: string, program: string, port: number): Promise<S3Server> {
  const buckets = join(folder, 'buckets')
  const sidecar = join(folder, 'metadata')
  await Promise.all([mkdir(buckets), mkdir(sidecar)])
  const facts = factsOf(port)
  // A path that only this server answers: another program on the port is never taken for it.
  const health = `/health-${randomBytes(8).toString('hex')}`
  const server = await startServer({
    name: 'versitygw',
    folder,
    command: program,
    args: [
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      facts.region,
      '--health',
      health,
      '--keep-alive',
      '--quiet',
      'posix',
      // A sidecar folder for metadata works on every file system; extended attributes do not (tmpfs, some overlays).
      '--sidecar',
      sidecar,
      buckets,
    ],
    env: { ROOT_ACCESS_KEY: facts.accessKeyId, ROOT_SECRET_KEY: facts.secretAccessKey },
    isReady: async () => await isHealthy(`${facts.endpoint}${health}`),
  })
  return Object.assign(server, facts, s3Access(facts))
}

function factsOf(port: number): S3Facts {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
    secretAccessKey: newSecret(30),
  }
}

async function isHealthy(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    (answer) => answer.ok,
    () => false,
  )
}
