// The commands as a developer types them, each in a process of its own.
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest`
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type RowDataPacket, createConnection } from 'mysql2/promise'
import { describe, expect } from 'vitest'
import { environment, nodeProgram } from './environment.ts'
import { runJavaTool } from './java-tools.ts'
import { runProgram } from './run-program.ts'
import { s3Access } from './s3-access.ts'
import { stackTest } from './stack-test.ts'
import { exportsOf } from './up-test-helpers.ts'

const packageFolder = fileURLToPath(new URL('../', import.meta.url))
const main = ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url))]

describe('pnpm stack', () => {
  stackTest.for(['embedded', 'apache'])(
    'up --kafka %s starts, fills and prints, and ends with 0 at Ctrl-C',
    async (kind, { kafka: _k, mariadb: _m, s3: _s, skip }) => {
      if (environment['STACK'] === 'external') skip('it starts servers of its own')
      const fill = ['--rows', '7', '--topic-prefix', 'mine']
      const up = spawn(nodeProgram, [...main, 'up', '--kafka', kind, ...fill], {
        cwd: packageFolder,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let stdout = ''
      up.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      await expect.poll(() => stdout, { timeout: 50_000 }).toContain('Ctrl-C stops')
      const given = exportsOf(stdout)
      const topics = await runJavaTool('kafka-topics', [
        '--bootstrap-server',
        given['KAFKA_BROKERS'] ?? '',
        '--list',
      ])
      expect(topics.stdout.trim().split('\n')).toEqual(['mine.geo', 'mine.pin', 'mine.user'])
      const connection = await createConnection({
        uri: given['MYSQL_URL'] ?? '',
        password: given['MYSQL_PASSWORD'] ?? '',
      })
      for (const table of ['pinterest_data', 'geolocation_data', 'user_data']) {
        const [rows] = await connection.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM ??', [table])
        expect(rows).toEqual([{ n: 7 }])
      }
      await connection.end()
      const s3 = s3Access({
        endpoint: given['AWS_ENDPOINT_URL_S3'] ?? '',
        region: given['AWS_REGION'] ?? '',
        accessKeyId: given['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: given['AWS_SECRET_ACCESS_KEY'] ?? '',
      })
      expect(await s3.list('lake')).toEqual([])
      up.kill('SIGINT')
      expect(await once(up, 'exit')).toEqual([0, null])
    },
  )

  stackTest("the README's script runs as it stands", async ({ kafka: _needed, skip }) => {
    if (environment['STACK'] === 'external') skip('it starts a server of its own')
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const script = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? ''
    const run = { cwd: packageFolder, input: script, timeoutMs: 50_000 }
    const outcome = await runProgram(nodeProgram, ['--input-type=module-typescript', '-'], run)
    expect(outcome).toEqual({ code: 0, stdout: 'demo.pin\n', stderr: '' })
  })
})
