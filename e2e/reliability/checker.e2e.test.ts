/** The checker as a program: what it prints and how it ends. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acked, keyOf, topic } from './testing/crafted-run.ts'

const program = fileURLToPath(new URL('checker.ts', import.meta.url))
let folder = ''
let log = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpipe-checker-'))
  log = join(folder, 'a.log')
  const records = [0, 1, 2].map((offset) => `1600000000000 0 ${offset} 1 9\nk{"seq":${offset}}h=1the-mark`)
  await writeFile(log, `{"topic":"${topic}","mark":"the-mark","bounds":[[0,"0","3"]]}\n${records.join('')}`)
})

afterAll(() => rm(folder, { recursive: true }))

async function lakeOf(name: string, lines: string): Promise<string> {
  const lake = join(folder, name)
  const file = join(lake, keyOf(0, 2))
  await mkdir(dirname(file), { recursive: true })
  await mkdir(join(lake, '_chain'))
  await writeFile(join(lake, '_chain/anything.json'), '{}')
  await writeFile(file, lines)
  return lake
}

function checker(
  ...args: readonly string[]
): Promise<{ readonly exit: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', program, ...args], (error, stdout, stderr) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('a lake that holds the log ends with 0', async () => {
  const lake = await lakeOf('right', '{"seq":0}\n{"seq":1}\n{"seq":2}\n')
  const ledger = join(folder, 'ledger.jsonl')
  await writeFile(ledger, [0, 1, 2].map((offset) => `${JSON.stringify(acked(offset))}\n`).join(''))
  expect(await checker('--lake', lake, '--log', log, '--ledger', ledger)).toEqual({
    exit: 0,
    stdout: '3 records of the log, 1 objects, 3 entries of the ledger, 0 samples: nothing is wrong\n',
    stderr: '',
  })
})

test('findings are sentences, or JSON, and end with 2', async () => {
  const lake = await lakeOf('wrong', '{"seq":0}\n{"seq":2}\n{"seq":2}\n')
  const told = await checker('--lake', `dir:${lake}`, '--log', log)
  expect(told).toMatchObject({ exit: 2, stderr: '' })
  expect(told.stdout.split('\n').slice(0, 2)).toEqual([
    'LOST a.pin/0: the record at offset 1 is in no object',
    'DUPLICATE a.pin/0: the record at offset 2 is there 2 times',
  ])
  const { exit, stdout } = await checker('--lake', lake, '--log', log, '-o', 'json')
  expect(exit).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    records: 3,
    objects: 1,
    findings: [
      { code: 'LOST', count: 1 },
      { code: 'DUPLICATE', count: 1 },
    ],
  })
})

test('--help names every finding', async () => {
  const { exit, stdout } = await checker('--help')
  expect(exit).toBe(0)
  expect(stdout).toContain('COMMIT_AHEAD')
  expect(stdout).toContain('--given-up')
})

test.for([
  [['--log', 'a.log'], '--lake is missing'],
  [['--lake', 'l'], 'name the log: --brokers and --topic, or --log'],
  [['--lake', 'l', '--brokers', 'b:1'], '--brokers wants --topic'],
  [['--lake', 'l', '--log', 'a', '--given-up', 'x'], '--given-up x: use TOPIC/PARTITION/START-END'],
] as const)('%j is no way to call it', async ([args, why]) => {
  expect(await checker(...args)).toEqual({ exit: 64, stdout: '', stderr: `checker: ${why} (see --help)\n` })
})

test('a dump that is not whole is an error, and no finding', async () => {
  const torn = join(folder, 'torn.log')
  await writeFile(torn, `{"topic":"a","mark":"m","bounds":[[0,"0","1"]]}\n1600000000000 0 0 1 9\nk{"se`)
  const lake = await lakeOf('any', '')
  expect(await checker('--lake', lake, '--log', torn)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `checker: ${torn} is not a whole dump of a log\n`,
  })
})
