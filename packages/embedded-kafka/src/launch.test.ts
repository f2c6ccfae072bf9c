import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { afterEach, expect, test, vi } from 'vitest'
import { commandLine } from './command-line.ts'
import { launch } from './launch.ts'
import { admin, alice, clusterArn, region } from './testing/iam-account.ts'

const credentials = () => Promise.resolve(alice)
afterEach(() => void vi.unstubAllEnvs())

test('the command line starts a broker with TLS, IAM and an STS, and all of them end', async () => {
  await using resources = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-launch-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const [ca, iam] = [join(folder, 'ca.pem'), join(folder, 'iam.json')]
  await writeFile(iam, JSON.stringify({ clusterArn, users: [alice], roles: [admin] }))
  const wish = commandLine(['--topic', 'a.pin', '--tls', ca, '--msk-iam', iam, '--user', 'bob:secret'])
  if (wish.kind !== 'run') throw new Error(JSON.stringify(wish))
  const running = resources.use(await launch(wish))
  vi.stubEnv('AWS_ENDPOINT_URL_STS', running.stsUrl)
  const byRole = mskSasl({ region, clientId: 'test', roleArn: admin.arn, credentials })
  for (const sasl of [byRole, { mechanism: 'plain', username: 'bob', password: 'secret' } as const]) {
    const ssl = { ca: await readFile(ca, 'utf8') }
    const client = new Kafka({ brokers: [running.bootstrapServers], ssl, sasl, logLevel: logLevel.NOTHING })
    const kafka = client.admin()
    await kafka.connect()
    expect(await kafka.listTopics()).toEqual(['a.pin'])
    await kafka.disconnect()
  }
})

test('a file that is not there, or wrong, is an error, and nothing is left open', async () => {
  const wish = commandLine(['--msk-iam', '/there/is/none'])
  if (wish.kind !== 'run') throw new Error(JSON.stringify(wish))
  await expect(launch(wish)).rejects.toThrow('ENOENT')
})
