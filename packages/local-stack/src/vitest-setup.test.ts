// Runs vitest itself on a machine that has nothing but Node, as far as the PATH and the cache tell.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeProgram } from './environment.ts'
import { type Outcome, runProgram } from './run-program.ts'
import { isStackRequired } from './vitest-setup.ts'

let cache: string

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'pinpipe-empty-cache-'))
})

afterAll(async () => {
  await rm(cache, { recursive: true, force: true })
})

async function runStackTests(env: Readonly<Record<string, string>>): Promise<Outcome> {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  const bare = {
    CI: '',
    REQUIRE_STACK: '',
    STACK: '',
    NO_COLOR: '1',
    PATH: dirname(nodeProgram),
    XDG_CACHE_HOME: cache,
  }
  return await runProgram(
    nodeProgram,
    [vitest, 'run', '--project', 'stack', 'packages/local-stack/src/stack.stack.test.ts'],
    { cwd: root, env: { ...bare, ...env }, timeoutMs: 60_000 },
  )
}

const lines = [
  /^.*Kafka is missing: no java, openssl, mvn on the PATH \(apt-get install openjdk-17-jdk-headless; .*\)$/m,
  /^.*MariaDB is missing: no mariadbd, mariadb-install-db on the PATH \(apt-get install mariadb-server\)$/m,
  /^.*versitygw \(S3\) is missing: no go on the PATH \(apt-get install golang\)$/m,
]

describe('a test run without servers', () => {
  test(
    'skips what needs them and says in one line each what is missing and how to get it',
    { timeout: 60_000 },
    async () => {
      const { code, stdout } = await runStackTests({})
      for (const line of lines) expect(stdout).toMatch(line)
      expect(stdout).toMatch(/Tests\s+3 skipped \(3\)/)
      expect(code).toBe(0)
    },
  )

  test('fails when CI or REQUIRE_STACK is set, with the same lines', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await runStackTests({ REQUIRE_STACK: '1' })
    for (const line of lines) expect(stdout + stderr).toMatch(line)
    expect(code).toBe(1)
  })

  test.for([
    [{}, false],
    [{ CI: '' }, false],
    [{ CI: 'false', REQUIRE_STACK: '0' }, false],
    [{ CI: 'true' }, true],
    [{ REQUIRE_STACK: '1' }, true],
  ] as const)('asks for the servers with %o: %s', ([env, isRequired]) => {
    expect(isStackRequired(env)).toBe(isRequired)
  })
})
