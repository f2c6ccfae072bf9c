/** The process rules with real processes, signals and pipes. */
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('./fixtures/behaves.ts', import.meta.url))

function start(way: string, options: { args?: string[]; env?: Record<string, string> } = {}) {
  const child = spawn(process.execPath, [script, '--way', way, ...(options.args ?? [])], {
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stderr = text(child.stderr)
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }))
  const ready = once(child.stdout, 'data')
  return { child, ready, ended, stderr }
}

/** Waits for a text on stderr. Two equal signals become one if the first is not taken yet, so tests wait in between. */
async function untilSaid(child: ReturnType<typeof start>['child'], awaited: string): Promise<void> {
  let said = ''
  for await (const [chunk] of on(child.stderr, 'data')) {
    said += String(chunk)
    if (said.includes(awaited)) return
  }
}

describe.concurrent('a process', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('drains at the first %s and exits 0', async (signal) => {
    const { child, ready, ended, stderr } = start('drains')
    const stdout = text(child.stdout)
    await ready
    child.kill(signal)
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(await stdout).toMatch(/drained\n$/)
    const said = await stderr
    expect(said).toContain(`${signal}: finishing what was started, for 30 s at most`)
    expect(said).toMatch(/released second\nreleased first\n$/)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('exits at once at a second %s', async (signal, code) => {
    const { child, ready, ended, stderr } = start('ignores')
    await ready
    const noticed = untilSaid(child, 'a second signal stops at once')
    child.kill(signal)
    await noticed
    child.kill(signal)
    expect(await ended).toEqual({ code, signal: null })
    const said = await stderr
    expect(said).toContain(`behaves: a second signal (${signal}): stopped at once\n`)
    expect(said).not.toContain('released')
  })

  it('exits 1 when the grace time is over, with a sentence, and releases', async () => {
    const { child, ready, ended, stderr } = start('ignores', { args: ['--grace', '100ms'] })
    await ready
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(await stderr).toMatch(
      /behaves: not finished within 100 ms after SIGTERM, so it was cut off; --grace gives it more time\nreleased second\nreleased first\n$/,
    )
  })

  it('exits 1 when work was cut short by the signal', async () => {
    const { child, ready, ended, stderr } = start('throws-in-drain')
    await ready
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(await stderr).toContain('behaves: stopped by SIGINT before the work was done\n')
  })

  it('ends quietly with 0 when the reader of its output goes away', async () => {
    const { child, ready, ended, stderr } = start('floods', { args: ['--log-level', 'warn'] })
    await ready
    child.stdout.destroy()
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(await stderr).toBe('released second\nreleased first\n')
  })

  it.each([
    ['throws', 'TypeError: x is not a function, near [secret]'],
    ['rejects', 'nobody listens'],
  ])(
    'that %s where nothing handles it says so in one sentence, without stack and secret, and exits 1',
    async (way, sentence) => {
      const { ended, stderr } = start(way, {
        args: ['--log-level', 'warn'],
        env: { BEHAVES_PASSWORD: 'canary-1' },
      })
      expect(await ended).toEqual({ code: 1, signal: null })
      expect(await stderr).toBe(
        `behaves: stopped by an error that nothing handled: ${sentence}\nreleased second\nreleased first\n`,
      )
    },
  )

  it('that leaves something open is cut off, and says what it was', async () => {
    const { ended, stderr } = start('leaks')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(await stderr).toMatch(/did not exit naturally: still open 2 s after the end: .*TCPServerWrap/)
  })
})
