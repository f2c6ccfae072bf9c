/** MySQL that is not there, refuses the user, or does not hold what the schemas declare. */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue } from '@pinpipe/schema/catalogue'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { createConnection } from 'mysql2/promise'
import { describe, expect } from 'vitest'
import { blackHole, closedAddress } from './broken-servers.ts'
import { expectUnhappy, temporaryFolder } from './unhappy-paths.ts'

const toStdout = ['--out', 'stdout']

describe('mysql, not reachable', () => {
  const remedy = 'check that it runs, the host, the port and the way to it'

  stackTest.concurrent('nobody listens', async () => {
    const address = await closedAddress()
    await expectUnhappy({
      app: 'producer',
      args: ['--source', `mysql://u@${address}/d`, ...toStdout],
      env: { MYSQL_PASSWORD: unique('canary') },
      exit: 5,
      cause: `MySQL at ${address} does not answer (ECONNREFUSED):`,
      remedy,
    })
  })

  stackTest.concurrent('a server that never answers', async () => {
    await using hole = await blackHole()
    await expectUnhappy({
      app: 'producer',
      args: ['--source', `mysql://u@${hole.address}/d`, '--mysql-timeout', '300ms', ...toStdout],
      env: { MYSQL_PASSWORD: unique('canary') },
      exit: 5,
      cause: `MySQL at ${hole.address} does not answer (ETIMEDOUT):`,
      remedy,
    })
    expect(hole.calls()).toBe(1)
  })

  stackTest.concurrent('a name that does not resolve', async () => {
    await expectUnhappy({
      app: 'producer',
      args: ['--source', 'mysql://u@mysql.invalid/d', ...toStdout],
      exit: 5,
      cause: 'MySQL at mysql.invalid:3306 does not answer (ENOTFOUND):',
      remedy,
    })
  })
})

describe('mysql, refused', () => {
  const remedy = "check the user, MYSQL_PASSWORD and the user's SELECT right"

  stackTest.concurrent('a wrong password', async ({ mariadb }) => {
    await expectUnhappy({
      app: 'producer',
      args: ['--source', mariadb.url, ...toStdout],
      env: { MYSQL_PASSWORD: unique('canary') },
      exit: 4,
      cause: `MySQL at ${mariadb.host}:${mariadb.port} refused the user ${mariadb.user} for the database ${mariadb.database} (ER_ACCESS_DENIED_ERROR):`,
      remedy,
    })
  })

  stackTest.concurrent(
    'a wrong password in MYSQL_URL, with characters that a URL encodes',
    async ({ mariadb }) => {
      const password = `${unique('canary')}/@:%`
      const url = mariadb.url.replace('@', `:${encodeURIComponent(password)}@`)
      await expectUnhappy({
        app: 'producer',
        args: toStdout,
        env: { MYSQL_URL: url },
        exit: 4,
        cause: `MySQL at ${mariadb.host}:${mariadb.port} refused the user ${mariadb.user}`,
        remedy,
        secrets: [password],
      })
    },
  )

  stackTest.concurrent('a user without rights', async ({ mariadb }) => {
    await expectUnhappy({
      app: 'producer',
      args: ['--source', mariadb.unprivileged.url, ...toStdout],
      env: { MYSQL_PASSWORD: mariadb.unprivileged.password },
      exit: 4,
      cause: `MySQL at ${mariadb.host}:${mariadb.port} refused the user ${mariadb.unprivileged.user} for the database ${mariadb.database} (ER_DBACCESS_DENIED_ERROR):`,
      remedy,
    })
  })

  stackTest.concurrent('a database that is not there', async ({ mariadb }) => {
    await expectUnhappy({
      app: 'producer',
      args: ['--source', mariadb.url.replace(/[^/]*$/, 'nowhere'), ...toStdout],
      env: { MYSQL_PASSWORD: mariadb.password },
      exit: 1,
      cause: `there is no database nowhere on MySQL at ${mariadb.host}:${mariadb.port}:`,
      remedy: 'check the end of the URL',
    })
  })
})

describe('mysql, TLS', () => {
  stackTest.concurrent(
    'a server without it, where it is asked for',
    async ({ mariadb, securedKafka: kafka }) => {
      await expectUnhappy({
        app: 'producer',
        args: ['--source', mariadb.url, '--mysql-tls-ca', kafka.tlsCa, ...toStdout],
        env: { MYSQL_PASSWORD: mariadb.password },
        exit: 5,
        cause: `there is no trusted TLS connection to MySQL at ${mariadb.host}:${mariadb.port} (HANDSHAKE_NO_SSL_SUPPORT):`,
        remedy:
          'give the authority of its certificate with --mysql-tls-ca FILE, and a host name that the certificate holds',
      })
    },
  )

  stackTest.concurrent.for([
    ['is not there', undefined, 'cannot be read (ENOENT):', 'correct the path, or let this user read it'],
    [
      'holds no certificate',
      'no PEM',
      'holds no PEM certificate:',
      'give one with a line "-----BEGIN CERTIFICATE-----"',
    ],
  ] as const)('a CA file that %s', async ([, text, cause, remedy]) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'ca.pem')
    if (text !== undefined) await writeFile(path, text)
    await expectUnhappy({
      app: 'producer',
      args: ['--source', 'mysql://u@127.0.0.1:1/d', '--mysql-tls-ca', path, ...toStdout],
      exit: 64,
      cause: `--mysql-tls-ca: the file ${path} ${cause}`,
      remedy,
    })
  })
})

describe('mysql, other tables than declared', () => {
  stackTest.concurrent.for([
    [
      'a missing table',
      'DROP TABLE user_data',
      'the table user_data is missing, or the user pinpipe may not read it;',
    ],
    ['a missing column', 'ALTER TABLE pinterest_data DROP COLUMN title', 'pinterest_data.title is missing'],
    ['a renamed column', 'ALTER TABLE user_data CHANGE age years INT NOT NULL', 'user_data.age is missing'],
    [
      'a retyped column',
      'ALTER TABLE geolocation_data MODIFY latitude VARCHAR(30) NOT NULL',
      'geolocation_data.latitude is varchar(30)',
    ],
  ] as const)('%s', async ([, change, problem], { mariadb }) => {
    const url = await mariadb.createDatabase(unique('pin'))
    const database = url.slice(url.lastIndexOf('/') + 1)
    const connection = await createConnection({ uri: url, password: mariadb.password })
    try {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      for (const table of catalogue) await connection.query(createTableSql(table))
      await connection.query(change)
    } finally {
      await connection.end()
    }
    const { stdout } = await expectUnhappy({
      app: 'producer',
      args: ['--source', url, ...toStdout],
      env: { MYSQL_PASSWORD: mariadb.password },
      exit: 1,
      cause: `the database ${database} does not hold what the schemas declare: ${problem}`,
      remedy: 'change the database or the schema, or leave the table out with --tables',
    })
    expect(stdout).toBe('')
  })
})
