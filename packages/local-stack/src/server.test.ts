import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeProgram } from './environment.ts'
import { runProgram } from './run-program.ts'
import { type ServerSpec, startServer } from './server.ts'
import { AddressInUse, StartFailure } from './start-errors.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpipe-server-test-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A server in a few lines of JavaScript: says READY, and what it is told by `script`. */
function specOf(script: string, more: Partial<ServerSpec> = {}): ServerSpec {
  return {
    name: 'toy',
    folder: join(folder, 'toy'),
    command: nodeProgram,
    args: ['-e', `${script}; console.log('READY')`],
    isReady: (log) => log.includes('READY'),
    ...more,
  }
}

const forever = 'setInterval(() => {}, 1000)'

async function isAlive(pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false
  return (await runProgram('sh', ['-c', `kill -0 ${pid}`])).code === 0
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  await expect.poll(check, { timeout: 10_000, interval: 20 }).toBe(true)
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

describe('a server that does not start', () => {
  test('fails with its last lines and keeps nothing but its log', async () => {
    const spec = specOf("require('fs').writeFileSync('data', ''); console.log('no disk'); process.exit(7)")
    const failure = await startServer(spec).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StartFailure)
    expect(String(failure)).toMatch(/toy ended before it was ready \(exit code 7\)[^]*no disk/)
    expect(await readdir(spec.folder)).toEqual(['toy.log'])
  })

  test('fails with the cause when its program does not exist', async () => {
    const failure = await startServer(specOf('', { command: 'no-such-program' })).catch(
      (error: unknown) => error,
    )
    expect(String(failure)).toMatch(/toy could not be started: .*ENOENT/)
  })

  test('is ended when it is not ready in time', async () => {
    const spec = specOf("require('fs').writeFileSync('pid', String(process.pid)); " + forever, {
      isReady: () => false,
      readyWithinMs: 300,
    })
    let pid = 0
    const isReady = async (): Promise<boolean> => {
      pid = Number(await readFile(join(spec.folder, 'pid'), 'utf8').catch(() => '0'))
      return false
    }
    await expect(startServer({ ...spec, isReady })).rejects.toThrow(/did not become ready in time/)
    expect(pid).toBeGreaterThan(0)
    expect(await isAlive(pid)).toBe(false)
  })

  test('asks for another port when its own is taken', async () => {
    const occupant = createServer().listen(0)
    const address = occupant.address()
    const port = typeof address === 'object' ? address?.port : 0
    const script = `require('net').createServer().listen(${port}, () => console.log('READY'))`
    const spec = { ...specOf(''), args: ['-e', script] }
    await expect(startServer(spec)).rejects.toThrow(AddressInUse)
    expect(await exists(spec.folder)).toBe(false)
    occupant.close()
  })
})

describe('a running server', () => {
  test('stops in good order and leaves neither process nor folder', async () => {
    const said = join(folder, 'said')
    const onTerm = `process.on('SIGTERM', () => { require('fs').writeFileSync('${said}', 'bye'); process.exit(0) })`
    const server = await startServer(specOf(`${onTerm}; ${forever}`))
    const { pid } = server
    expect(await isAlive(pid)).toBe(true)
    await server.stop()
    expect(await readFile(said, 'utf8')).toBe('bye')
    expect(await isAlive(pid)).toBe(false)
    expect(await exists(server.folder)).toBe(false)
    await server.stop()
  })

  test('keeps its log, and only that, when asked to', async () => {
    const server = await startServer(
      specOf(
        `const fs = require('fs'); fs.mkdirSync('data/pin-0', { recursive: true }); fs.writeFileSync('data/pin-0/0.log', ''); ${forever}`,
      ),
    )
    await server.stop({ keepLog: true })
    expect(await readdir(server.folder)).toEqual(['toy.log'])
    expect(await readFile(server.log, 'utf8')).toBe('READY\n')
  })

  test('takes its own children with it', async () => {
    const child =
      "const c = require('child_process').spawn('sleep', ['1000']); require('fs').writeFileSync('child', String(c.pid))"
    const server = await startServer(specOf(`${child}; ${forever}`))
    const pid = Number(await readFile(join(server.folder, 'child'), 'utf8'))
    expect(await isAlive(pid)).toBe(true)
    await server.stop()
    await eventually(async () => !(await isAlive(pid)))
  })

  test('does nothing while suspended, goes on when resumed, and can be stopped while suspended', async () => {
    const server = await startServer(specOf("setInterval(() => console.log('tick'), 5)"))
    const size = async (): Promise<number> => (await readFile(server.log)).length
    await server.suspend()
    let suspended = 0
    await eventually(async () => {
      suspended = await size()
      await sleep(100)
      return (await size()) === suspended
    })
    await server.resume()
    await eventually(async () => (await size()) > suspended)
    await server.suspend()
    await server.stop()
    expect(server.pid).toBeUndefined()
  })

  test('keeps its folder when killed and comes back on it', async () => {
    const server = await startServer(specOf(`require('fs').appendFileSync('starts', 'x'); ${forever}`))
    const first = server.pid
    await server.kill()
    expect(await isAlive(first)).toBe(false)
    await server.restart()
    expect(server.pid).not.toBe(first)
    expect(await readFile(join(server.folder, 'starts'), 'utf8')).toBe('xx')
    await server.stop()
  })

  test('dies with the process that started it, also when that is killed with SIGKILL', async () => {
    const owner = spawn(
      nodeProgram,
      [fileURLToPath(new URL('crash-fixture.ts', import.meta.url)), 'toy', folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const report = Promise.withResolvers<string>()
    createInterface({ input: owner.stdout }).once('line', report.resolve)
    const servers: { pid: number; folder: string }[] = JSON.parse(await report.promise)
    expect(servers).toHaveLength(1)
    expect(await isAlive(servers[0]?.pid)).toBe(true)
    owner.kill('SIGKILL')
    await eventually(async () => !(await isAlive(servers[0]?.pid)))
    await eventually(async () => !(await exists(servers[0]?.folder ?? '')))
  })
})
