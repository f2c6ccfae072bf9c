import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { compileCache, nodeProgram } from './environment.ts'
import { exportsOf } from './up-test-helpers.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

/** `stack …` on a machine that has nothing but Node, as far as the PATH and the cache tell. */
function stack(...args: readonly string[]): ChildProcess {
  const env = { PATH: dirname(nodeProgram), XDG_CACHE_HOME: '/nonexistent', ...compileCache }
  return spawn(nodeProgram, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('pnpm stack up, on a machine with nothing but Node', () => {
  test('starts the embedded broker, says in a line each what is missing, and ends with 0 at Ctrl-C', async () => {
    const up = stack('up', '--topic-prefix', 'mine')
    const stderr = text(up.stderr!)
    let stdout = ''
    up.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    await expect.poll(() => stdout, { timeout: 20_000 }).toContain('Ctrl-C stops')
    const { KAFKA_BROKERS, ...others } = exportsOf(stdout)
    expect(others).toEqual({ TOPIC_PREFIX: 'mine' })
    expect(stdout).toContain('pnpm producer --source generate:1000 ')
    expect(stdout).toContain(' --lake dir:./lake ')
    const connection = connect(Number(KAFKA_BROKERS?.split(':')[1]), '127.0.0.1')
    await once(connection, 'connect')
    const closed = once(connection, 'close')
    up.kill('SIGINT')
    expect(await once(up, 'exit')).toEqual([0, null])
    await closed
    const lines = (await stderr).split('\n')
    expect(lines.filter((line) => line.includes(' is missing: '))).toEqual([
      expect.stringMatching(/^MariaDB .*apt-get install mariadb-server/),
      expect.stringMatching(/^versitygw \(S3\) .*apt-get install golang/),
    ])
  })

  test('--kafka apache says what is missing, and what does without', async () => {
    const up = stack('up', '--kafka', 'apache')
    const [stderr, [code]] = await Promise.all([text(up.stderr!), once(up, 'exit')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^stack: Kafka is missing: no java, .*\. Without Java: --kafka embedded\.$/m)
  })
})
