import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { command, runApp, type App, type Command, type CommandContext } from './command.ts'
import { Failure, UsageFailure } from './failure.ts'
import { fakeProcess, runFake } from './fake-process.ts'
import { types, type SettingsSpec } from './settings.ts'

const settings = {
  lake: { flag: 'lake', env: 'PINPIPE_LAKE', type: types.text(), description: 'Where to.' },
  password: { env: 'STORE_PASSWORD', type: types.text(), secret: true, description: 'A secret.' },
} as const satisfies SettingsSpec

type Run = Command<typeof settings>['run']

function app(run: Run, more: Partial<App> = {}): App {
  const verify = command({
    name: 'verify',
    summary: 'Verifies.',
    positionals: 'TOPIC…',
    settings: {
      deep: {
        flag: 'deep',
        env: 'PINPIPE_DEEP',
        type: types.boolean(),
        default: false,
        description: 'More.',
      },
    },
    async run({ deep }, { stdout }, positionals) {
      stdout.write(`verify ${deep} ${positionals.join('+')}`)
      return 2
    },
  })
  const lag = command({
    name: 'groups lag',
    summary: 'Lag.',
    settings: {},
    run: async (_settings, { stdout }) => void stdout.write('lag'),
  })
  return {
    name: 'consumer',
    version: '1.2.3',
    description: 'stores records',
    commands: [command({ name: 'run', summary: 'Runs.', settings, run }), verify, lag],
    defaultCommand: 'run',
    ...more,
  }
}

const nothing: Run = async () => {}
const failing = (error: unknown): Run => {
  return async () => {
    throw error
  }
}

const rewriteArgv = (argv: readonly string[]): readonly string[] => {
  if (argv.includes('--bad')) throw new UsageFailure('exactly one action')
  return argv.flatMap((word) => (word === '--check' ? ['verify'] : [word]))
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

describe('choosing a command', () => {
  it.each<[string, string, number]>([
    ['verify a b --deep', 'verify true a+b', 2],
    ['--deep verify a', 'verify true a', 2],
    ['--log-level error verify a', 'verify false a', 2],
    ['-- verify a', 'verify false a', 2],
    ['groups lag', 'lag', 0],
  ])('%s', async (typed, stdout, code) => {
    expect(await runFake(app(nothing), typed.split(' '))).toEqual({ code, stdout, stderr: '' })
  })

  it('takes the default one when none is named, and no value of a flag for a command', async () => {
    const seen: unknown[] = []
    const run: Run = async ({ lake }) => void seen.push(lake)
    expect(await runFake(app(run), ['--lake', 'verify'])).toMatchObject({ code: 0, stderr: '' })
    expect(seen).toEqual(['verify'])
  })

  it.each([
    [
      ['verfy'],
      'consumer: unknown command "verfy"; did you mean verify?; the commands are run, verify, groups lag\n',
    ],
    [['run', 'x'], 'consumer: unexpected argument "x"\n'],
    [['verify', '--lake', 'x'], 'consumer: --lake belongs to the command run, not to this one\n'],
    [
      ['groups'],
      'consumer: unknown command "groups"; did you mean groups lag?; the commands are run, verify, groups lag\n',
    ],
  ])('refuses %j', async (argv, stderr) => {
    expect(await runFake(app(nothing), argv)).toEqual({ code: 64, stdout: '', stderr })
  })

  it('names the only one of an app that has one', async () => {
    const one = { ...app(nothing), commands: app(nothing).commands.slice(0, 1) }
    expect(await runFake(one, ['verify'])).toMatchObject({
      code: 64,
      stderr: 'consumer: unknown command "verify"; the only command is run\n',
    })
  })

  it('needs one when there is no default', async () => {
    const { defaultCommand: _, ...rest } = app(nothing)
    expect(await runFake(rest, [])).toEqual({
      code: 64,
      stdout: '',
      stderr: 'consumer: a command is missing: run, verify, groups lag (--help says more)\n',
    })
  })

  it('reads a command line that another program would understand', async () => {
    expect(await runFake(app(nothing, { rewriteArgv }), ['--check', 'a'])).toMatchObject({
      code: 2,
      stdout: 'verify false a',
    })
    expect(await runFake(app(nothing, { rewriteArgv }), ['--bad'])).toEqual({
      code: 64,
      stdout: '',
      stderr: 'consumer: exactly one action\n',
    })
  })
})

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']], [['--lake', '--help']], [['--nope', '--help']]])(
    '%j lists the commands and the settings of the default one, common ones included',
    async (argv) => {
      const { code, stdout, stderr } = await runFake(app(nothing), argv)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const text of [
        'Commands:',
        'verify',
        '--lake',
        'STORE_PASSWORD',
        '--grace',
        'METRICS_PORT',
        '--progress',
      ]) {
        expect(stdout).toContain(text)
      }
    },
  )

  it.each([[['verify', '--help']], [['--help', 'verify']], [['help', 'verify']]])(
    '%j is about that command',
    async (argv) => {
      const { stdout } = await runFake(app(nothing), argv)
      expect(stdout).toContain('Usage: consumer verify TOPIC… [settings]')
      expect(stdout).not.toContain('--lake')
    },
  )

  it('says the version', async () => {
    expect(await runFake(app(nothing), ['--version'])).toEqual({
      code: 0,
      stdout: 'consumer 1.2.3\n',
      stderr: '',
    })
  })
})

describe('the environment', () => {
  it('may hold variables of other commands and of other programs that the app names, but no unknown ones', async () => {
    const env = { PINPIPE_DEEP: 'true', PINPIPE_STACK: 'x' }
    expect(await runFake(app(nothing, { otherVariables: ['PINPIPE_STACK'] }), [], env)).toMatchObject({
      code: 0,
    })
    expect(await runFake(app(nothing), [], { PINPIPE_LAKES: 'x' })).toMatchObject({
      code: 64,
      stderr: 'consumer: unknown variable PINPIPE_LAKES; did you mean PINPIPE_LAKE?\n',
    })
  })
})

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
