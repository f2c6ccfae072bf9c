/** Rows that do not fit, posts that are not whole, folders of rows that cannot be read: what was sent before stays sent. */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { samplePost } from '@pinpipe/sample-data/generator'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { encodeRow } from '@pinpipe/schema/wire'
import { type Row } from '@pinpipe/schema/table'
import { describe, expect, test } from 'vitest'
import { createTopics, readTopic } from './kafka.ts'
import { expectUnhappy, highWatermarks, temporaryFolder } from './unhappy-paths.ts'

const secret = 'canary-row-value'

/** A folder of sample posts 1 to `posts`; `change` may take a row away (undefined) or spoil it. */
async function writeRows(
  folder: string,
  posts: number,
  change: (table: string, index: number, row: Row) => Row | undefined = (_table, _index, row) => row,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const table of catalogue) {
    const lines: string[] = []
    for (let at = 0; at < posts; at++) {
      const post = samplePost(7, at)
      const row = post.rows[table.name]
      const changed = row === undefined ? undefined : change(table.name, at, row)
      if (changed !== undefined) lines.push(changed === row ? encodeRow(table, row) : JSON.stringify(changed))
    }
    // oxlint-disable-next-line no-await-in-loop -- three small files
    await writeFile(join(folder, `${table.topicSuffix}.jsonl`), `${lines.join('\n')}\n`)
  }
}

describe('rows', () => {
  stackTest.concurrent(
    'a bad row with --on-invalid fail: the posts before it are in the topics',
    async ({ kafka }) => {
      await using folder = await temporaryFolder()
      const prefix = unique('rows')
      const topics = catalogue.map((table) => topicOf(prefix, table))
      await createTopics(kafka.bootstrapServers, topics, 1)
      await writeRows(folder.path, 10, (table, at, row) =>
        table === 'user_data' && at === 5 ? { ...row, age: secret } : row,
      )
      await expectUnhappy({
        app: 'producer',
        args: [
          '--source',
          `jsonl:${folder.path}`,
          '--brokers',
          kafka.bootstrapServers,
          '--topic-prefix',
          prefix,
        ],
        exit: 1,
        cause: `the row of post ${samplePost(7, 5).index} does not fit: user_data.age is`,
        remedy: 'correct it, or choose --on-invalid skip or dead:<file>',
        secrets: [secret],
      })
      const sent = await Promise.all(topics.map((topic) => readTopic(kafka.bootstrapServers, topic)))
      for (const records of sent)
        expect(records.map(({ key }) => key)).toEqual(
          Array.from({ length: 5 }, (_, at) => String(samplePost(7, at).index)),
        )
    },
  )

  stackTest.concurrent(
    'a missing partner with --on-missing fail: the post is not sent in part',
    async ({ kafka }) => {
      await using folder = await temporaryFolder()
      const prefix = unique('rows')
      const topics = catalogue.map((table) => topicOf(prefix, table))
      await createTopics(kafka.bootstrapServers, topics, 1)
      await writeRows(folder.path, 3, (table, at, row) =>
        table === 'geolocation_data' && at === 0 ? undefined : row,
      )
      await expectUnhappy({
        app: 'producer',
        args: [
          '--source',
          `jsonl:${folder.path}`,
          '--on-missing',
          'fail',
          '--brokers',
          kafka.bootstrapServers,
          '--topic-prefix',
          prefix,
        ],
        exit: 1,
        cause: `post ${samplePost(7, 0).index} has no row in geolocation_data:`,
        remedy: 'add it, or choose --on-missing skip or partial',
        unchanged: () => Promise.all(topics.map((topic) => highWatermarks(kafka.bootstrapServers, topic))),
      })
    },
  )
})

describe('rows, in a folder', () => {
  test.concurrent('that is not there', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'none')
    await expectUnhappy({
      app: 'producer',
      args: ['--source', `jsonl:${path}`, '--out', 'stdout'],
      exit: 1,
      cause: `the folder ${path} cannot be read (ENOENT):`,
      remedy: 'check --source jsonl:<dir>',
    })
  })

  test.concurrent('without the file of a table', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'pin.jsonl'), '')
    await writeFile(join(folder.path, 'geo.jsonl'), '')
    await expectUnhappy({
      app: 'producer',
      args: ['--source', `jsonl:${folder.path}`, '--out', 'stdout'],
      exit: 1,
      cause: `${folder.path} has no file for user_data (user.jsonl, user_data.jsonl or <prefix>.user.jsonl):`,
      remedy: 'add or remove files, or choose tables with --tables',
    })
  })

  test.concurrent('with a line that is no JSON: not a record comes out', async () => {
    await using folder = await temporaryFolder()
    await writeRows(folder.path, 3)
    const path = join(folder.path, 'geo.jsonl')
    const [first = ''] = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, `${first}\n{"ind":2,"country":"${secret}\n`)
    const { stdout } = await expectUnhappy({
      app: 'producer',
      args: ['--source', `jsonl:${folder.path}`, '--out', 'stdout'],
      exit: 1,
      cause: `${path} line 2 is not a JSON object:`,
      remedy: 'correct the file, one row a line',
      secrets: [secret],
    })
    expect(stdout).toBe('')
  })
})

describe('rows, into files', () => {
  test.concurrent.for([
    ['in a folder that is a file', 'file', '(EEXIST):'],
    ['below a file', 'file/out', '(ENOTDIR):'],
  ] as const)('%s', async ([, name, code]) => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'file'), 'kept')
    await expectUnhappy({
      app: 'producer',
      args: ['--source', 'generate:3', '--out', `dir:${join(folder.path, name)}`],
      exit: 1,
      cause: `the folder ${join(folder.path, name)} cannot be made ${code}`,
      remedy: 'check --out dir:<path>',
      unchanged: () => readdir(folder.path),
    })
  })

  test.concurrent('where the file system takes no folder', async ({ skip }) => {
    if (process.platform !== 'linux') skip('only Linux has /proc')
    await expectUnhappy({
      app: 'producer',
      args: ['--source', 'generate:3', '--out', 'dir:/proc/pinpipe'],
      exit: 1,
      cause: 'the folder /proc/pinpipe cannot be made (ENOENT):',
      remedy: 'check --out dir:<path>',
    })
  })

  test.concurrent('that are there already', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'pinpipe.pin.jsonl')
    await writeFile(path, 'kept\n')
    await expectUnhappy({
      app: 'producer',
      args: ['--source', 'generate:3', '--out', `dir:${folder.path}`],
      exit: 3,
      cause: `${path} exists and is not replaced:`,
      remedy: 'choose another folder, or add --overwrite',
      unchanged: () => readFile(path, 'utf8'),
    })
  })

  test.concurrent('of rejected rows that cannot be made', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'none/dead.jsonl')
    await expectUnhappy({
      app: 'producer',
      args: ['--source', 'generate:3', '--out', 'stdout', '--on-invalid', `dead:${path}`],
      exit: 1,
      cause: `rejected rows cannot be written to ${path} (ENOENT):`,
      remedy: 'check the path given with --on-invalid dead:<file>',
    })
  })
})
