/** Hazards of MySQL and of its driver that need no real server to be seen. Each title begins with the hazard's number. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '@pinpipe/schema/catalogue'
import { describe, expect, it } from 'vitest'
import { driverOptions, type MysqlConnectOptions } from './mysql-options.ts'
import { connectMysql } from './mysql-source.ts'
import { columnsSql, estimateSql, lookupSql, pageSql, rangeSql } from './mysql-statements.ts'
import { capabilities, startFakeMysql } from './testing/fake-mysql.ts'

const root = join(import.meta.dirname, '../../..')

/** Sources that are shipped: `apps/<app>/src` and `packages/<package>/src` without tests. */
function shippedSources(): readonly { readonly path: string; readonly text: string }[] {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) => {
      const folder = join(group, name, 'src')
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^testing\//.test(file))
        .map((file) => ({
          path: join(folder, file),
          text: readFileSync(join(root, folder, file), 'utf8'),
        }))
    }),
  )
}

const options = (host: string, extra: Partial<MysqlConnectOptions> = {}): MysqlConnectOptions => ({
  address: { host, port: 3306, user: 'reader', database: 'pins' },
  password: 'secret',
  tlsCa: undefined,
  timeoutMs: 5000,
  ...extra,
})

const toPort = (port: number): MysqlConnectOptions => {
  const { address, ...others } = options('127.0.0.1')
  return { ...others, address: { ...address, port }, timeoutMs: 500 }
}

const isSql = /\bSELECT\b[^]*\bFROM\b/i
const countingOff = /\bOFFSET\s+(?:\?|\d|\$\{)|\bLIMIT\s+\S+\s*,|\bLIMIT\s+\?/i

describe('SQL', () => {
  it.each([
    'SELECT a FROM t LIMIT 10 OFFSET 5',
    'SELECT a FROM t LIMIT ?, 1',
    'SELECT a FROM t LIMIT 5,1',
    'select a from t limit ?',
    // oxlint-disable-next-line no-template-curly-in-string -- as it would stand in a source
    'SELECT a FROM t LIMIT 10 OFFSET ${n}',
  ])('M3, M5: the scan would see %s', (sql) => {
    expect([isSql.test(sql), countingOff.test(sql)]).toEqual([true, true])
  })

  it('M3, M5: no source counts rows off with OFFSET or LIMIT n, and none binds a LIMIT', () => {
    const sources = shippedSources()
    expect(sources.map(({ path }) => path)).toContain('apps/producer/src/mysql-statements.ts')
    expect(
      sources.filter(({ text }) => isSql.test(text) && countingOff.test(text)).map(({ path }) => path),
    ).toEqual([])
  })

  it('M3, M5: the statements themselves do not either', () => {
    const statements = [
      ...catalogue.flatMap((table) => [pageSql(table), lookupSql(table), rangeSql(table)]),
      columnsSql(catalogue),
      estimateSql(catalogue),
    ]
    expect(statements.filter((sql) => countingOff.test(sql))).toEqual([])
    for (const table of catalogue)
      expect(pageSql(table)).toMatch(
        new RegExp(`\`${table.key}\` > \\? ORDER BY \`${table.key}\` LIMIT 1000$`),
      )
  })

  it('M1, M2, M7: the producer neither streams a result nor calls query, in which objects become SQL', () => {
    const producer = shippedSources().filter(({ path }) => path.startsWith('apps/producer/'))
    const offenders = producer.filter(({ text }) => /\.query\(|connection\.[^;]*\.stream\(/.test(text))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })
})

describe('a connection', () => {
  it('M6: a server that asks for a file of this machine gets nothing, and the statement fails', async () => {
    await using server = await startFakeMysql({ file: join(import.meta.dirname, '../package.json') })
    const connection = await connectMysql(toPort(server.port))
    await expect(connection.execute('SELECT 1', [])).rejects.toThrow('does not answer')
    connection.destroy()
    expect(server.seen.filesAskedFor).toBe(1)
    // One empty packet means: no file.
    expect(server.seen.answers).toEqual([Buffer.alloc(0)])
  })

  it('M6: offers a server neither files nor several statements at once', async () => {
    await using server = await startFakeMysql({})
    const connection = await connectMysql(toPort(server.port))
    await connection.close()
    const [flags = -1, ...others] = server.seen.logins
    expect(others).toEqual([])
    expect(flags & (capabilities.localFiles | capabilities.multiStatements)).toBe(0)
  })

  it.each([
    ['127.0.0.1', false],
    ['127.8.8.8', false],
    ['localhost', false],
    ['::1', false],
    ['10.1.2.3', true],
    ['0.0.0.0', true],
    ['0x7f.1', true],
    ['::ffff:127.0.0.1', true],
    ['fe80::1', true],
    ['db.example', true],
    ['localhost.example', true],
    ['mydb.abc.eu-west-1.rds.amazonaws.com', true],
  ])('M8: to %s it uses TLS: %s', (host, tls) => {
    expect('ssl' in driverOptions(options(host))).toBe(tls)
  })

  it.each(['127.0.0.1', 'localhost', '10.1.2.3', 'db.example'])(
    'M8: with an authority it uses TLS to %s, and checks authority and identity',
    (host) => {
      expect(driverOptions(options(host, { tlsCa: 'PEM' }))).toMatchObject({
        ssl: { ca: 'PEM', rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' },
      })
    },
  )
})
