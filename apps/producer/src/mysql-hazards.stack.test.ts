/** Hazards of MySQL and of its driver that only a real server, or a real certificate, shows. */

import { stackTest, unique, type StackFixtures } from '@pinpipe/local-stack/stack-test'
import { catalogue } from '@pinpipe/schema/catalogue'
import { quoteName } from '@pinpipe/schema/mysql-ddl'
import { describe, expect, it } from 'vitest'
import { parseMysqlUrl } from './mysql-address.ts'
import { type MysqlConnectOptions } from './mysql-options.ts'
import { type SqlConnection } from './mysql-session.ts'
import { connectMysql } from './mysql-source.ts'
import { lookupIndexes, lookupSql, pageRows, pageSql, paddedIndexes } from './mysql-statements.ts'
import { makeCertificate } from './testing/certificates.ts'
import { startFakeMysql } from './testing/fake-mysql.ts'
import { connectTo, fillTables, sampleRows } from './testing/stack-data.ts'

const posts = 4000

/** The producer's own connection to a database of filled tables. */
async function filled(mariadb: StackFixtures['mariadb']): Promise<SqlConnection & AsyncDisposable> {
  const url = await mariadb.createDatabase(unique('pin'))
  await using admin = await connectTo(url, mariadb.password)
  await fillTables(admin, sampleRows(posts))
  await admin.query(`ANALYZE TABLE ${catalogue.map(({ name }) => name).join(', ')}`)
  const connection = await connectMysql({
    address: parseMysqlUrl(url),
    password: mariadb.password,
    tlsCa: undefined,
    timeoutMs: 10_000,
  })
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() })
}

/** Rows that the server has touched for this connection so far. */
async function rowsTouched(connection: SqlConnection): Promise<number> {
  const { rows } = await connection.execute("SHOW SESSION STATUS LIKE 'Handler_read%'", [])
  return rows
    .filter(({ Variable_name: name }) => name !== 'Handler_read_rnd_deleted')
    .reduce((sum, { Value: value }) => sum + Number(value), 0)
}

describe('a statement on filled tables', () => {
  for (const table of catalogue)
    stackTest(
      `M3: a page of ${table.name} is read by the key, and no row before it is touched`,
      async ({ mariadb }) => {
        await using connection = await filled(mariadb)
        const plan = await connection.execute(`EXPLAIN ${pageSql(table)}`, [posts - pageRows - 1])
        expect(plan.rows).toMatchObject([{ key: 'PRIMARY', type: 'range' }])
        expect(String(plan.rows[0]?.['Extra'])).not.toContain('filesort')
        // The cost of asking for the count is in both numbers.
        const start = await rowsTouched(connection)
        const asking = (await rowsTouched(connection)) - start
        const page = await connection.execute(pageSql(table), [posts - pageRows - 1])
        const touched = (await rowsTouched(connection)) - start - 2 * asking
        expect(page.rows.length).toBe(pageRows)
        expect(touched).toBeGreaterThanOrEqual(pageRows)
        expect(touched).toBeLessThan(pageRows + 10)
      },
    )

  stackTest('M3: a lookup touches the rows that were asked for', async ({ mariadb }) => {
    await using connection = await filled(mariadb)
    for (const table of catalogue) {
      const indexes = paddedIndexes(Array.from({ length: lookupIndexes }, (_, n) => n * 17))
      const plan = await connection.execute(`EXPLAIN ${lookupSql(table)}`, indexes)
      expect(plan.rows).toMatchObject([{ key: 'PRIMARY', type: 'range' }])
      expect((await connection.execute(lookupSql(table), indexes)).rows.length).toBe(lookupIndexes)
    }
  })

  stackTest(
    'M5: the size of a page is in its text, as a number that the source holds',
    async ({ mariadb }) => {
      await using connection = await filled(mariadb)
      for (const table of catalogue)
        expect((await connection.execute(pageSql(table), [-1])).rows.length).toBe(pageRows)
    },
  )

  stackTest('M6: two statements in one are refused', async ({ mariadb }) => {
    await using connection = await filled(mariadb)
    await expect(connection.execute('SELECT 1; DROP TABLE user_data', [])).rejects.toThrow('ER_PARSE_ERROR')
    expect((await connection.execute('SELECT COUNT(*) AS n FROM user_data', [])).rows).toEqual([
      { n: String(posts) },
    ])
  })

  stackTest('M7: what is bound stays a value, and a name stays a name', async ({ mariadb }) => {
    await using connection = await filled(mariadb)
    const attack = "0' OR 1=1; -- `"
    expect((await connection.execute('SELECT ? AS v', [attack])).rows).toEqual([{ v: attack }])
    const found = await connection.execute('SELECT ind FROM user_data WHERE first_name = ?', [attack])
    expect(found.rows).toEqual([])
    const name = 'v`, (SELECT 1) AS `w'
    expect((await connection.execute(`SELECT 1 AS ${quoteName(name)}`, [])).rows).toEqual([{ [name]: 1 }])
  })

  stackTest('M7: an object that is bound does not become SQL', async ({ mariadb }) => {
    await using connection = await filled(mariadb)
    // With `query` this is `ind = ind`, which every row fulfils.
    const anything: never[] = JSON.parse('[{ "ind": 1 }]')
    const outcome = await connection
      .execute('SELECT ind FROM user_data WHERE ind = ?', anything)
      .then(({ rows }) => rows.length)
      .catch(() => 0)
    expect(outcome).toBeLessThanOrEqual(1)
  })
})

const to = (host: string, port: number, tlsCa: string): MysqlConnectOptions => ({
  address: { host, port, user: 'reader', database: 'pins' },
  password: 'secret',
  tlsCa,
  timeoutMs: 5000,
})

describe('M8: the certificate is checked against the host of the URL', () => {
  it.each([
    ['127.0.0.1', 'IP:127.0.0.1'],
    ['127.0.0.1', 'DNS:db.example,IP:10.1.2.3,IP:127.0.0.1'],
    ['localhost', 'DNS:localhost'],
  ])('%s with a certificate for %s: logs in', async (host, names) => {
    const certificate = await makeCertificate(names)
    await using server = await startFakeMysql({ tls: certificate })
    await (await connectMysql(to(host, server.port, certificate.cert))).close()
    expect(server.seen.logins.length).toBe(1)
  })

  it.each([
    ['127.0.0.1', 'DNS:localhost'],
    ['127.0.0.1', 'IP:10.1.2.3'],
    ['127.0.0.1', 'DNS:127.0.0.1'],
    ['localhost', 'IP:127.0.0.1'],
    ['localhost', 'DNS:db.example'],
  ])('%s with a certificate for %s: no login, exit 5', async (host, names) => {
    const certificate = await makeCertificate(names)
    await using server = await startFakeMysql({ tls: certificate })
    const login = connectMysql(to(host, server.port, certificate.cert))
    await expect(login).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("does not match certificate's altnames"),
    })
    expect(server.seen.logins).toEqual([])
  })

  it('an authority that is not trusted gets no login', async () => {
    await using server = await startFakeMysql({ tls: await makeCertificate('IP:127.0.0.1') })
    const { cert } = await makeCertificate('IP:127.0.0.1')
    await expect(connectMysql(to('127.0.0.1', server.port, cert))).rejects.toMatchObject({ exitCode: 5 })
    expect(server.seen.logins).toEqual([])
  })
})
