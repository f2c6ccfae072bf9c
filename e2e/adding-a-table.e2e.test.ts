/**
 * A new table is a definition and a line in the catalogue, and every app knows it. The line is added here, before the
 * apps are loaded; nothing else is told of the table.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue, tableOfTopic, topicOf } from '@pinpipe/schema/catalogue'
import { dateTime, float, int, nullable, varchar } from '@pinpipe/schema/column'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { defineTable, type Row, type Table } from '@pinpipe/schema/table'
// oxlint-disable-next-line no-restricted-imports -- the test's own connection
import { createConnection } from 'mysql2/promise'
import { expect } from 'vitest'
import { runFake } from '../packages/service/src/fake-process.ts'

const boards = defineTable({
  name: 'board_data',
  topicSuffix: 'board',
  key: 'ind',
  version: 1,
  description: 'The board that the post was pinned to',
  columns: [
    int('ind', 'Number of the post, the same in all tables'),
    varchar('board', 60, 'Name of the board'),
    float('score', 'How well the post fits'),
    dateTime('pinned_at', 'When it was pinned'),
    nullable(varchar('note', 20, 'What somebody wrote')),
  ],
})
const row = { ind: 7, board: 'Küche 🍳', score: -89.9787, pinned_at: '2020-08-28 03:52:47', note: null }

stackTest(
  'adding a table: one definition and one line, and its rows go from MySQL to the lake',
  async ({ mariadb, kafka, onTestFinished }) => {
    ;(catalogue as Table[]).push(boards)
    const [{ topicsApp }, { producerApp }, { consumerApp }] = await Promise.all([
      import('../apps/topic-admin/src/app.ts'),
      import('../apps/producer/src/app.ts'),
      import('../apps/consumer/src/app.ts'),
    ])
    const prefix = unique('fourth')
    const url = await mariadb.createDatabase(prefix)
    const lake = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
    onTestFinished(() => rm(lake, { recursive: true, force: true }))
    await createTable(url, mariadb.password, boards, row)
    const topic = topicOf(prefix, boards)
    expect(tableOfTopic(topic)).toBe(boards)

    const env = { KAFKA_BROKERS: kafka.bootstrapServers, TOPIC_PREFIX: prefix }
    const applied = await runFake(
      topicsApp('0.0.0'),
      ['apply', '--partitions', '3', '--replication-factor', '1', '--yes'],
      env,
    )
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining(topic) })

    const produced = await runFake(producerApp('0.0.0'), ['--source', url, '--tables', 'board_data'], {
      ...env,
      MYSQL_PASSWORD: mariadb.password,
    })
    expect(produced).toMatchObject({ code: 0, stdout: expect.stringContaining('"acked":1,') })

    const consumed = await runFake(
      consumerApp('0.0.0'),
      ['--lake', `dir:${lake}`, '--group', prefix, '--until-end'],
      env,
    )
    // Its values are checked as rows of its table, not only as JSON.
    expect(consumed).toMatchObject({ code: 0, stdout: expect.stringContaining('"rejected":0') })
    expect(await storedIn(join(lake, 'topics', topic))).toBe(`${JSON.stringify(row)}\n`)
  },
)

async function createTable(url: string, password: string, table: Table, only: Row): Promise<void> {
  const connection = await createConnection({ uri: url, password, charset: 'utf8mb4' })
  try {
    await connection.query(createTableSql(table))
    await connection.query('INSERT INTO ?? SET ?', [table.name, only])
  } finally {
    await connection.end()
  }
}

/** The text of all objects below a folder. */
async function storedIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true })
  const objects = files
    .filter((file) => file.endsWith('.json'))
    .map((file) => readFile(join(folder, file), 'utf8'))
  return (await Promise.all(objects)).join('')
}
