/** The servers and bundles of one benchmark, all in the machine's temporary folder; nothing of it stays. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ClusterAdmin, openAdmin } from '@pinpipe/kafka/admin'
import { type KafkaServer, startKafka } from '@pinpipe/local-stack/kafka'
import { brokerJvm } from './broker-servers.ts'
import { type S3Server, startVersityGw } from '@pinpipe/local-stack/versitygw'

type App = 'producer' | 'consumer'

export type BenchStack = AsyncDisposable & {
  readonly kafka: KafkaServer
  readonly s3: S3Server
  readonly admin: ClusterAdmin
  /** For lakes and profiles. */
  readonly work: string
  /** Process ids of the servers. */
  readonly servers: readonly number[]
  bundleOf(app: App): string
}

/** Builds the apps and starts Kafka and versitygw. */
export async function openBenchStack(): Promise<BenchStack> {
  const root = join(import.meta.dirname, '..')
  await promisify(execFile)('pnpm', ['turbo', 'build'], { cwd: root })
  await using resources = new AsyncDisposableStack()
  const work = await mkdtemp(join(tmpdir(), 'pinpipe-bench-'))
  resources.defer(() => rm(work, { recursive: true, force: true }))
  // A copy: a build that runs meanwhile does not pull the bundles from under a run.
  for (const app of ['producer', 'consumer'])
    await cp(join(root, 'apps', app, 'dist'), join(work, app), { recursive: true })
  const kafka = resources.use(await startKafka({ jvm: brokerJvm }))
  const s3 = resources.use(await startVersityGw())
  const connection = { clientId: 'pinpipe-bench', brokers: [kafka.bootstrapServers], tls: false as const }
  const admin = resources.use(await openAdmin(connection))
  await mkdir(join(work, 'lake'))
  const owned = resources.move()
  return {
    kafka,
    s3,
    admin,
    work,
    servers: [kafka.pid, s3.pid].filter((pid) => pid !== undefined),
    bundleOf: (app) => join(work, app, `${app}.js`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
