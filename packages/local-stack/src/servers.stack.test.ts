// Starts servers of its own, beside those of the run: how each begins and ends. More about the brokers is in kafka.stack.test.ts.
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest`
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type RowDataPacket, createConnection } from 'mysql2/promise'
import { catalogue } from '@pinpipe/schema/catalogue'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { describe, expect, test } from 'vitest'
import { nodeProgram } from './environment.ts'
import { startKafka } from './kafka.ts'
import { startMariaDb } from './mariadb.ts'
import { exists, isAlive, needs, stopsWithoutTrace } from './servers-test-helpers.ts'
import { stackTest, unique } from './stack-test.ts'
import { AddressInUse } from './start-errors.ts'
import { startVersityGw } from './versitygw.ts'

/** Whether the server on that port answers within the time a healthy one needs many times over. */
async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    () => true,
    () => false,
  )
}

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
