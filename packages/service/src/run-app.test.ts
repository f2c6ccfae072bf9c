import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { runApp, type App, type CommandContext } from './command.ts'
import { Failure } from './failure.ts'
import { fakeProcess, runFake } from './fake-process.ts'
import { app, type Run } from './run-app-test-helpers.ts'

const failing = (error: unknown): Run => {
  return async () => {
    throw error
  }
}

const onFailure: App['onFailure'] = ({ sentence }) => ({
  exitCode: 1,
  stdout: `Error while executing topic command : ${sentence}\n`,
})

const leaking: Run = async ({ password }, { stderr, log, addSecret, progress }) => {
  addSecret('canary-2')
  stderr.write(`stderr ${password} canary-2\n`)
  log.info({ password }, 'log')
  progress(() => `progress ${password}`)[Symbol.dispose]()
  throw new Failure(`no: ${password}, canary-2, mysql://u:canary-3@h, ${encodeURIComponent(password ?? '')}`)
}

describe('a failure', () => {
  it.each<[string, unknown, number, string]>([
    [
      'that is known',
      new Failure('the bucket is gone: create it', { exit: 'unreachable' }),
      5,
      'the bucket is gone: create it',
    ],
    [
      'from a package of its own',
      Object.assign(new Error('token expired'), { exitCode: 4 }),
      4,
      'token expired',
    ],
    ['that nobody expected', new TypeError('x is\nundefined'), 1, 'TypeError: x is undefined'],
    ['that is no error', 'text', 1, 'unexpected: text'],
  ])('%s is one sentence without a stack', async (_name, error, code, sentence) => {
    expect(await runFake(app(failing(error)), [])).toEqual({
      code,
      stdout: '',
      stderr: `consumer: ${sentence}\n`,
    })
  })

  it('shows its stack and that of its cause at debug level only', async () => {
    const error = new Failure('sentence', { cause: new Error('deep down') })
    const { stderr } = await runFake(app(failing(error)), ['--log-level', 'debug'])
    expect(stderr).toMatch(
      /^\{.*"msg":"starting"\}\nconsumer: sentence\nFailure: sentence\n\s+at [^]*caused by Error: deep down\n\s+at /,
    )
  })

  it('shows no secret, whatever it is in', async () => {
    const result = await runFake(app(leaking), ['--log-level', 'debug'], { STORE_PASSWORD: 'canary/1' })
    expect(result.stderr).toContain('no: [secret], [secret], mysql://u:[secret]@h, [secret]')
    expect(result.stderr).toContain('progress [secret]')
    expect(result.stdout + result.stderr).not.toMatch(/canary/)
  })

  it('can be told in the words of another program', async () => {
    expect(await runFake(app(failing(new Failure('x', { exit: 'auth' })), { onFailure }), [])).toEqual({
      code: 1,
      stdout: 'Error while executing topic command : x\n',
      stderr: '',
    })
  })
})

describe('the metrics server', () => {
  it('runs while the command runs, is not ready while draining, and knows the app', async () => {
    const proc = fakeProcess({ argv: ['--metrics-port', '0'] })
    let context: CommandContext | undefined
    const run: Run = async (_settings, given) => {
      context = given
      await new Promise((resolve) => given.drain.addEventListener('abort', resolve))
      await pause(0)
      expect(await (await fetch(`${url()}/readyz`)).text()).toBe('process: draining\n')
    }
    const url = (): string => /http:\/\/127\.0\.0\.1:\d+/.exec(proc.output.stderr)?.[0] ?? ''
    const ended = runApp(app(run), proc)
    await vi.waitFor(() => expect(context).toBeDefined())
    context?.metrics.counter({ name: 'records_total', help: 'x' }).inc(7)
    expect(await (await fetch(`${url()}/metrics`)).text()).toContain('pinpipe_consumer_records_total 7')
    expect((await fetch(`${url()}/readyz`)).status).toBe(200)
    proc.emit('SIGTERM')
    expect(await ended).toBe(0)
    await expect(fetch(`${url()}/livez`)).rejects.toThrow('fetch failed')
    context?.metrics.registry.clear()
  })
})

describe('releasers', () => {
  it('run last first, and a failing one does not stop the others', async () => {
    const order: string[] = []
    const run: Run = async (_settings, { onRelease }) => {
      for (const name of ['one', 'two', 'three']) {
        onRelease(name, async () => {
          order.push(name)
          if (name === 'two') throw new Error('cannot close')
        })
      }
      throw new Failure('failed meanwhile')
    }
    const { code, stderr } = await runFake(app(run), [])
    expect(order).toEqual(['three', 'two', 'one'])
    expect(code).toBe(1)
    expect(stderr).toContain('two did not close cleanly: cannot close')
  })
})
