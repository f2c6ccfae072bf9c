import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { runProducer } from './testing/run-producer.ts'
import { connectTo, fillTables } from './testing/stack-data.ts'

type DatabaseCase = {
  readonly what: string
  readonly sql: readonly string[]
  readonly words: readonly string[]
}

const databases: readonly DatabaseCase[] = [
  { what: 'a missing table', sql: ['DROP TABLE user_data'], words: ['table user_data is missing'] },
  {
    what: 'a missing column',
    sql: ['ALTER TABLE pinterest_data DROP COLUMN title'],
    words: ['pinterest_data.title is missing'],
  },
  {
    what: 'a renamed column',
    sql: ['ALTER TABLE user_data CHANGE age years INT NOT NULL'],
    words: ['user_data.age is missing', 'years'],
  },
  {
    what: 'a retyped column',
    sql: ['ALTER TABLE geolocation_data MODIFY latitude VARCHAR(30) NOT NULL'],
    words: ['geolocation_data.latitude is varchar(30)'],
  },
  {
    what: 'several faults at once',
    sql: ['ALTER TABLE user_data MODIFY age TEXT', 'DROP TABLE geolocation_data'],
    words: ['user_data.age is text', 'table geolocation_data is missing'],
  },
]

describe('producer, when MySQL is not as it should be', () => {
  for (const { what, sql, words } of databases)
    stackTest(`${what} stops the run before the first record`, async ({ mariadb }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, {})
      for (const statement of sql) await connection.query(statement)
      const { code, stdout, stderr } = await runProducer(['--source', url, '--out', 'stdout'], {
        MYSQL_PASSWORD: mariadb.password,
      })
      expect([code, stdout]).toEqual([1, ''])
      for (const word of words) expect(stderr).toContain(word)
    })

  stackTest(
    'a row that does not fit is told with path and reason, never with its value',
    async ({ mariadb }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, {
        user_data: [
          { ind: 1, first_name: 'canary-value', last_name: 'b', age: 1, date_joined: '2015-10-24 00:00:00' },
        ],
      })
      await connection.query("SET sql_mode = ''")
      await connection.query("UPDATE user_data SET date_joined = '0000-00-00 00:00:00'")
      const { code, stderr } = await runProducer(['--source', url, '--out', 'stdout'], {
        MYSQL_PASSWORD: mariadb.password,
      })
      expect([code, stderr]).toEqual([1, expect.stringContaining('user_data.date_joined')])
      expect(stderr).not.toContain('canary-value')
    },
  )

  stackTest('a wrong password: exit 4 and the user, not the password', async ({ mariadb }) => {
    const { code, stderr } = await runProducer(['--source', mariadb.url, '--out', 'stdout'], {
      MYSQL_PASSWORD: 'canary-wrong',
    })
    expect([code, stderr]).toEqual([4, expect.stringContaining(`refused the user ${mariadb.user}`)])
    expect(stderr).not.toContain('canary-wrong')
  })

  stackTest('a user without rights: exit 4', async ({ mariadb }) => {
    const { url, password } = mariadb.unprivileged
    const { code, stderr } = await runProducer(['--source', url, '--out', 'stdout'], {
      MYSQL_PASSWORD: password,
    })
    expect([code, stderr]).toEqual([4, expect.stringContaining('SELECT')])
  })

  stackTest('MYSQL_URL may hold the password', async ({ mariadb }) => {
    const url = new URL(await mariadb.createDatabase(unique('pin')))
    url.password = encodeURIComponent(mariadb.password)
    const { code, stderr } = await runProducer(['--out', 'stdout'], { MYSQL_URL: url.href })
    expect([code, stderr]).toEqual([1, expect.stringContaining('table pinterest_data is missing')])
    expect(stderr).not.toContain(mariadb.password)
  })

  stackTest('an unknown database: exit 1 and its name', async ({ mariadb }) => {
    const url = mariadb.url.replace(/[^/]*$/, 'nowhere')
    const { code, stderr } = await runProducer(['--source', url, '--out', 'stdout'], {
      MYSQL_PASSWORD: mariadb.password,
    })
    expect([code, stderr]).toEqual([1, expect.stringContaining('no database nowhere')])
  })

  stackTest(
    'TLS that MySQL does not offer: exit 5, never a connection in the clear',
    async ({ mariadb, kafka }) => {
      const { code, stderr } = await runProducer(
        ['--source', mariadb.url, '--mysql-tls-ca', kafka.tlsCa, '--out', 'stdout'],
        {
          MYSQL_PASSWORD: mariadb.password,
        },
      )
      expect([code, stderr]).toEqual([5, expect.stringContaining('--mysql-tls-ca')])
    },
  )
})
