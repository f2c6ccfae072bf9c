import { describe, expect, it } from 'vitest'
import { UsageFailure } from './failure.ts'
import { runFake } from './fake-process.ts'
import { app, nothing, type Run } from './run-app-test-helpers.ts'

const rewriteArgv = (argv: readonly string[]): readonly string[] => {
  if (argv.includes('--bad')) throw new UsageFailure('exactly one action')
  return argv.flatMap((word) => (word === '--check' ? ['verify'] : [word]))
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
