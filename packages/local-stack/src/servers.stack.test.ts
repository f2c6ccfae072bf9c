// Starts servers of its own, beside those of the run: how each begins and ends, and what the brokers' listeners take.
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest`
import { spawn } from 'node:child_process'
import { access, mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect as connectTls } from 'node:tls'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type RowDataPacket, createConnection } from 'mysql2/promise'
import { catalogue } from '@pinpipe/schema/catalogue'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { describe, expect, test } from 'vitest'
import { nodeProgram } from './environment.ts'
import { runJavaTool } from './java-tools.ts'
import { startKafka } from './kafka.ts'
import { startMariaDb } from './mariadb.ts'
import { type ServerName, findMissing } from './prerequisites.ts'
import { runProgram } from './run-program.ts'
import { oauthChallenge, saslFiles } from './sasl-test-helpers.ts'
import { type Server } from './server.ts'
import { stackTest, unique } from './stack-test.ts'
import { AddressInUse } from './start-errors.ts'
import { startVersityGw } from './versitygw.ts'

const missing = new Set((await findMissing()).map(({ server }) => server))

/** Skips a test that starts a server of its own where that is not possible, whatever the run itself uses. */
function needs(server: ServerName, skip: (note: string) => void): void {
  if (missing.has(server)) skip(`${server} cannot be started here`)
}

async function isAlive(pid: number | undefined): Promise<boolean> {
  return pid !== undefined && (await runProgram('sh', ['-c', `kill -0 ${pid}`])).code === 0
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

async function stopsWithoutTrace(server: Server): Promise<void> {
  const { pid } = server
  expect(await isAlive(pid)).toBe(true)
  await server.stop()
  expect(await isAlive(pid)).toBe(false)
  expect(await exists(server.folder)).toBe(false)
}

/** Whether the server on that port answers within the time a healthy one needs many times over. */
async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    () => true,
    () => false,
  )
}

describe('Kafka', () => {
  stackTest('starts with its topics, survives a crash, and stops without a trace', async ({ skip }) => {
    needs('kafka', skip)
    const kafka = await startKafka({ topics: [{ topic: 'own.pin', partitions: 3 }] })
    const describeTopic = async (): Promise<string> =>
      (
        await runJavaTool('kafka-topics', [
          '--bootstrap-server',
          kafka.bootstrapServers,
          '--describe',
          '--topic',
          'own.pin',
        ])
      ).stdout
    expect(await describeTopic()).toContain('PartitionCount: 3')
    await kafka.kill()
    await kafka.restart()
    expect(await describeTopic()).toContain('PartitionCount: 3')
    await stopsWithoutTrace(kafka)
  })

  stackTest('runs as a cluster whose brokers share the replicas', async ({ skip }) => {
    needs('kafka', skip)
    await using kafka = await startKafka({ nodes: 2 })
    expect(kafka.nodes).toHaveLength(2)
    const to = ['--bootstrap-server', kafka.bootstrapServers]
    const topic = ['--topic', 'two.pin', '--partitions', '1', '--replication-factor', '2']
    expect(await runJavaTool('kafka-topics', [...to, '--create', ...topic])).toMatchObject({ code: 0 })
    const described = await runJavaTool('kafka-topics', [...to, '--describe', '--topic', 'two.pin'])
    expect(described.stdout).toMatch(/Replicas: (1,2|2,1)\s+Isr: (1,2|2,1)/)
  })

  stackTest('does not create a topic by use', async ({ kafka }) => {
    const topic = unique('unasked')
    const to = ['--bootstrap-server', kafka.bootstrapServers, '--topic', topic]
    await runJavaTool('kafka-console-producer', [...to, '--producer-property', 'max.block.ms=2000'], {
      input: 'row\n',
    })
    const listed = await runJavaTool('kafka-topics', ['--bootstrap-server', kafka.bootstrapServers, '--list'])
    expect(listed).toMatchObject({ code: 0 })
    expect(listed.stdout).not.toContain(topic)
  })

  stackTest(
    'carries records from the 2.8.1 producer to the 4.1 consumer, and shows the group',
    async ({ kafka }) => {
      const topic = unique('pin')
      const to = ['--bootstrap-server', kafka.bootstrapServers]
      await runJavaTool('kafka-topics', [...to, '--create', '--topic', topic])
      await runJavaTool('kafka-console-producer', [...to, '--topic', topic], {
        version: '2.8.1',
        input: 'eins\nzwei 🙂\n',
      })
      const group = unique('group')
      const read = ['--topic', topic, '--from-beginning', '--max-messages', '2', '--group', group]
      expect((await runJavaTool('kafka-console-consumer', [...to, ...read])).stdout).toBe('eins\nzwei 🙂\n')
      const groups = await runJavaTool('kafka-consumer-groups', [...to, '--list'], { version: '2.8.1' })
      expect(groups.stdout.split('\n')).toContain(group)
    },
  )

  stackTest.for([
    ['PLAIN', 'saslPlain'],
    ['SCRAM-SHA-256', 'saslPlain'],
    ['SCRAM-SHA-512', 'saslTls'],
    ['PLAIN', 'saslTls'],
  ] as const)(
    'takes a %s login on the %s listener',
    async ([mechanism, listener], { securedKafka: kafka }) => {
      await using files = await saslFiles({
        kafka,
        mechanism,
        isTls: listener === 'saslTls',
        user: kafka.user,
      })
      const list = [
        '--bootstrap-server',
        kafka.listeners[listener],
        '--command-config',
        files.clientProperties,
        '--list',
      ]
      expect(await runJavaTool('kafka-topics', list)).toMatchObject({ code: 0, stderr: '' })
    },
  )

  stackTest('refuses a wrong password', async ({ securedKafka: kafka }) => {
    const user = { ...kafka.user, password: 'wrong' }
    await using files = await saslFiles({ kafka, mechanism: 'SCRAM-SHA-512', isTls: false, user })
    const to = ['--bootstrap-server', kafka.listeners.saslPlain, '--command-config', files.clientProperties]
    const outcome = await runJavaTool('kafka-topics', [...to, '--list'])
    expect(outcome.code).not.toBe(0)
    expect(outcome.stdout + outcome.stderr).toContain('SaslAuthenticationException')
  })

  stackTest('lets the restricted user in and refuses what it asks for', async ({ securedKafka: kafka }) => {
    await using files = await saslFiles({
      kafka,
      mechanism: 'PLAIN',
      isTls: false,
      user: kafka.restrictedUser,
    })
    const to = ['--bootstrap-server', kafka.listeners.saslPlain, '--command-config', files.clientProperties]
    const outcome = await runJavaTool('kafka-topics', [...to, '--create', '--topic', unique('forbidden')])
    expect(outcome.code).not.toBe(0)
    expect(outcome.stdout + outcome.stderr).toContain('TopicAuthorizationException')
  })

  stackTest(
    'answers a token that is no JWT with the challenge of RFC 7628',
    async ({ securedKafka: kafka }) => {
      const challenge: unknown = JSON.parse(await oauthChallenge(kafka.listeners.saslPlain, 'not-a-jwt'))
      expect(challenge).toEqual({ status: 'invalid_token' })
    },
  )

  stackTest('shows a certificate that its authority vouches for', async ({ securedKafka: kafka }) => {
    const port = Number(kafka.listeners.tls.split(':')[1])
    const ca = await readFile(kafka.tlsCa)
    const trusted = connectTls({ host: '127.0.0.1', port, ca })
    await once(trusted, 'secureConnect')
    expect(trusted.authorized).toBe(true)
    trusted.destroy()
    const strange = connectTls({ host: '127.0.0.1', port })
    const [error] = await once(strange, 'error')
    expect(String(error)).toMatch(/unable to verify|self-signed/)
  })
})

describe('MariaDB', () => {
  stackTest('takes the three tables and a row with a four-byte character', async ({ mariadb }) => {
    const database = unique('db')
    const url = await mariadb.createDatabase(database)
    expect(url).toBe(`mysql://${mariadb.user}@${mariadb.host}:${mariadb.port}/${database}`)
    const { host, port, user, password } = mariadb
    const connection = await createConnection({ host, port, user, password, database })
    try {
      for (const table of catalogue) await connection.query(createTableSql(table))
      const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES')
      const names = new Set(tables.flatMap((row) => Object.values(row)))
      expect(names).toEqual(new Set(catalogue.map(({ name }) => name)))
      const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT '🙂' AS smile, @@character_set_database AS charset",
      )
      expect(rows).toEqual([{ smile: '🙂', charset: 'utf8mb4' }])
    } finally {
      await connection.end()
    }
  })

  stackTest('lets the unprivileged user in and shows it nothing', async ({ mariadb, skip }) => {
    if (mariadb.unprivileged.user === '') skip('the external MySQL has no such user')
    const { host, port, unprivileged } = mariadb
    const login = { host, port, user: unprivileged.user, password: unprivileged.password }
    await expect(createConnection({ ...login, password: 'wrong' })).rejects.toMatchObject({
      code: 'ER_ACCESS_DENIED_ERROR',
    })
    const connection = await createConnection(login)
    await expect(connection.query(`USE ${mariadb.database}`)).rejects.toMatchObject({
      code: 'ER_DBACCESS_DENIED_ERROR',
    })
    await connection.end()
  })

  stackTest('stops without a trace', async ({ skip }) => {
    needs('mariadb', skip)
    await stopsWithoutTrace(await startMariaDb())
  })
})

describe('versitygw', () => {
  stackTest('takes a folder below its root for a bucket, as compose.yaml makes one', async ({ skip }) => {
    needs('s3', skip)
    await using s3 = await startVersityGw()
    await mkdir(join(s3.folder, 'buckets', 'lake'))
    await s3.put('lake', 'a', 'b', { createOnly: true })
    expect(await s3.list('lake')).toEqual(['a'])
  })

  stackTest('lists what was put, and gives the same bytes', async ({ s3 }) => {
    const bucket = unique('lake')
    await s3.createBucket(bucket)
    await s3.put(bucket, 'topics/a/1.json', Buffer.from([0, 255, 10]))
    await s3.put(bucket, 'topics/b', '🙂')
    expect(await s3.list(bucket)).toEqual(['topics/a/1.json', 'topics/b'])
    expect(await s3.list(bucket, 'topics/a/')).toEqual(['topics/a/1.json'])
    expect(await s3.get(bucket, 'topics/a/1.json')).toEqual(Buffer.from([0, 255, 10]))
    await expect(s3.get(bucket, 'absent')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  stackTest('is silent while suspended and stops without a trace', async ({ skip }) => {
    needs('s3', skip)
    const s3 = await startVersityGw()
    await s3.suspend()
    expect(await answers(s3.endpoint)).toBe(false)
    await s3.resume()
    expect(await answers(s3.endpoint)).toBe(true)
    await stopsWithoutTrace(s3)
  })
})

describe('all three', () => {
  test.for([
    ['kafka', startKafka],
    ['mariadb', startMariaDb],
    ['s3', startVersityGw],
  ] as const)('%s says so when its port is taken', async ([server, start], { skip }) => {
    needs(server, skip)
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const address = occupant.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await expect(start({ port })).rejects.toThrow(AddressInUse)
    occupant.close()
  })

  stackTest('die with a test run that is killed with SIGKILL', async ({ skip }) => {
    for (const server of ['kafka', 'mariadb', 's3'] as const) needs(server, skip)
    const fixture = fileURLToPath(new URL('crash-fixture.ts', import.meta.url))
    const owner = spawn(nodeProgram, [fixture, 'stack'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: owner.stdout }), 'line')
    const servers: { pid: number; folder: string }[] = JSON.parse(String(line))
    expect(servers).toHaveLength(3)
    for (const { pid } of servers) expect(await isAlive(pid)).toBe(true)
    owner.kill('SIGKILL')
    for (const { pid, folder } of servers) {
      await expect.poll(async () => await isAlive(pid), { timeout: 15_000 }).toBe(false)
      await expect.poll(async () => await exists(folder), { timeout: 15_000 }).toBe(false)
    }
  })
})
