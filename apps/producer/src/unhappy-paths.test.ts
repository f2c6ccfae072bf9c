import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProducer } from './testing/run-producer.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => void server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

type Case = {
  readonly what: string
  readonly argv: string
  readonly code: number
  readonly words: string
  readonly env: Readonly<Record<string, string>>
}

const stdout = '--out stdout'
const secret = 'canary-secret-8d1f'

const table: readonly (readonly [string, string, number, string, Readonly<Record<string, string>>?])[] = [
  ['no source', stdout, 64, '--source'],
  ['an unknown source', `--source ftp://x ${stdout}`, 64, 'generate:<posts>'],
  [
    'a source that generates nothing countable',
    `--source generate:many ${stdout}`,
    64,
    'whole number of posts',
  ],
  ['too many posts', `--source generate:9999999999 ${stdout}`, 64, 'too many posts'],
  ['a jsonl source without a folder', `--source jsonl: ${stdout}`, 64, 'names no path'],
  ['an unknown output', '--source generate:1 --out s3', 64, 'dir:<path>'],
  ['a password on the command line', `--source mysql://u:${secret}@h/db ${stdout}`, 64, 'MYSQL_URL'],
  [
    'a flag for the password',
    `--source generate:1 --mysql-password ${secret} ${stdout}`,
    64,
    'MYSQL_PASSWORD',
  ],
  ['a MySQL URL without a database', `--source mysql://u@h ${stdout}`, 64, 'names no database'],
  ['a MySQL URL with options', `--source mysql://u@h/d?ssl=0 ${stdout}`, 64, 'takes no options'],
  ['MYSQL_URL that is not MySQL', stdout, 64, 'MYSQL_URL is not a mysql:// URL', { MYSQL_URL: 'generate:5' }],
  [
    'MYSQL_URL without a user, with a secret',
    stdout,
    64,
    'names no user',
    { MYSQL_URL: `mysql://:${secret}@h/d` },
  ],
  ['Kafka without a prefix', '--source generate:1 --brokers b:1', 64, 'TOPIC_PREFIX'],
  ['Kafka without brokers', '--source generate:1 --topic-prefix x', 64, 'KAFKA_BROKERS'],
  ['an illegal prefix', `--source generate:1 --topic-prefix a/b ${stdout}`, 64, '--topic-prefix'],
  ['a prefix that ends in a dot', `--source generate:1 --topic-prefix a. ${stdout}`, 64, '--topic-prefix'],
  ['an empty prefix', `--source generate:1 --topic-prefix= ${stdout}`, 64, 'empty'],
  [
    'an empty prefix in the environment',
    `--source generate:1 ${stdout}`,
    64,
    'TOPIC_PREFIX',
    { TOPIC_PREFIX: '' },
  ],
  ['an unknown flag', `--source generate:1 --max-post 3 ${stdout}`, 64, '--max-posts'],
  ['an unknown variable', `--source generate:1 ${stdout}`, 64, 'PINPIPE_SPEED', { PINPIPE_SPEED: '1' }],
  ['an unknown mode', `--source generate:1 --mode sideways ${stdout}`, 64, 'sequential'],
  ['an unknown table', `--source generate:1 --tables pins ${stdout}`, 64, 'pinterest_data'],
  ['a bad size', `--source generate:1 --batch-bytes 3x ${stdout}`, 64, '--batch-bytes'],
  ['a bad duration', `--source generate:1 --max-duration 5 ${stdout}`, 64, '--max-duration'],
  ['a bad rate', `--source generate:1 --rate fast ${stdout}`, 64, '--rate'],
  ['a bad seed', `--source generate:1 --seed 1.5 ${stdout}`, 64, '--seed'],
  ['a buffer smaller than a batch', `--source generate:1 --buffer-bytes 1KiB ${stdout}`, 64, '--batch-bytes'],
  ['arrivals without a rate', `--source generate:1 --arrivals poisson ${stdout}`, 64, '--rate'],
  [
    'a rate on top of the emulator’s pauses',
    `--source generate:1 --mode emulate --rate 5/s ${stdout}`,
    64,
    '--no-sleep',
  ],
  ['dead rows without a file', `--source generate:1 --on-invalid dead: ${stdout}`, 64, 'names no path'],
  [
    'a folder for dead rows that is not there',
    `--source generate:1 --on-invalid dead:/nowhere/x ${stdout}`,
    1,
    '/nowhere/x',
  ],
  ['a folder of rows that is not there', `--source jsonl:/nowhere/x ${stdout}`, 1, '/nowhere/x'],
  ['an output folder that cannot be made', '--source generate:1 --out dir:/dev/null/x', 1, '/dev/null/x'],
  [
    'a CA file that is not there',
    `--source mysql://u@h/d --mysql-tls-ca /nowhere.pem ${stdout}`,
    64,
    '/nowhere.pem',
  ],
  ['an empty generator in the mode random', `--source generate:0 --mode random ${stdout}`, 1, 'has no rows'],
]

const cases: readonly Case[] = table.map(([what, argv, code, words, env = {}]) => ({
  what,
  argv,
  code,
  words,
  env,
}))

describe('producer, when something is wrong', () => {
  it.each(cases)(
    '$what: one sentence, the documented exit code, no secret, no stack',
    async ({ argv, code, words, env }) => {
      const run = await runProducer(argv.split(' '), env)
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code, stderr: expect.stringMatching(words) })
      expect(run.stderr).toMatch(/^producer: /m)
      expect(run.stderr + run.stdout).not.toContain(secret)
      expect(run.stderr).not.toMatch(/\n\s+at /)
    },
  )

  it('reports all problems with the settings at once', async () => {
    const { stderr } = await runProducer('--mode sideways --rate fast --arrivals poisson'.split(' '))
    for (const name of ['--source', '--mode', '--rate', '--topic-prefix']) expect(stderr).toContain(name)
  })

  it('an unreachable MySQL: exit 5, the address and what to check', async () => {
    const port = await closedPort()
    const { code, stderr } = await runProducer(
      ['--source', `mysql://u@127.0.0.1:${port}/d`, '--out', 'stdout'],
      { MYSQL_PASSWORD: secret },
    )
    expect([code, stderr]).toEqual([
      5,
      expect.stringContaining(`127.0.0.1:${port} does not answer (ECONNREFUSED)`),
    ])
    expect(stderr).not.toContain(secret)
  })

  it('a MySQL that accepts and says nothing: exit 5 after the time-out', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const run = await runProducer([
      '--source',
      `mysql://u@127.0.0.1:${port}/d`,
      '--mysql-timeout',
      '200ms',
      '--out',
      'stdout',
    ])
    server.close()
    expect([run.code, run.stderr]).toEqual([5, expect.stringContaining('ETIMEDOUT')])
  })

  const files = { pin: '{"index":1}\n', geo: '{"ind":1}\n', user: '{"ind":1}\n' }

  it.each([
    ['a missing file', { ...files, user: undefined }, 'no file for user_data'],
    ['two files for one table', { ...files, 'x.user': '' }, 'more than one file for user_data'],
    [
      'a line that is not JSON',
      { ...files, geo: '{"ind":1}\n{"ind":2,canary' },
      'geo.jsonl line 2 is not a JSON object',
    ],
    ['a line that is a list', { ...files, geo: '[1]\n' }, 'geo.jsonl line 1 is not a JSON object'],
    [
      'a row without an index',
      { ...files, pin: '{"title":"canary"}\n' },
      'pin.jsonl line 1: index is not a whole number',
    ],
    [
      'an index that is text',
      { ...files, pin: '{"index":"1"}\n' },
      'pin.jsonl line 1: index is not a whole number',
    ],
    ['an index twice', { ...files, user: '{"ind":1}\n\n{"ind":1}\n' }, 'user.jsonl line 3 repeats the ind 1'],
  ])('JSON-lines files with %s: exit 1, file and line, no value', async (_what, contents, words) => {
    await using folder = await temporaryFolder()
    for (const [name, text] of Object.entries(contents)) {
      if (text !== undefined) await writeFile(join(folder.path, `${name}.jsonl`), text)
    }
    const { code, stderr } = await runProducer(['--source', `jsonl:${folder.path}`, '--out', 'stdout'])
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)])
    expect(stderr).not.toContain('canary')
  })
})
