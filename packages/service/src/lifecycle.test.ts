import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { fakeProcess } from './fake-process.ts'
import { Lifecycle, type LifecycleTimes } from './lifecycle.ts'

function alive(times: Partial<LifecycleTimes> = {}) {
  const proc = fakeProcess()
  const said: string[] = []
  const report = {
    sentence: (text: string) => void said.push(text),
    note: (_level: string, text: string) => void said.push(text),
  }
  const lifecycle = new Lifecycle(proc, report, {
    graceMs: 60_000,
    releaseMs: 60_000,
    lingerMs: 60_000,
    ...times,
  })
  return { proc, said, lifecycle }
}

const never = new Promise<never>(() => {})

describe('a lifecycle', () => {
  it('drains at the first signal and remembers which it was', () => {
    const { proc, lifecycle } = alive()
    expect(lifecycle.drain.aborted).toBe(false)
    proc.emit('SIGTERM')
    expect(lifecycle.drain.aborted).toBe(true)
    expect(lifecycle.signal).toBe('SIGTERM')
    lifecycle.end(0)
    expect(proc.exitCode).toBe(0)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('exits at once at a second signal, %s: %d', async (signal, code) => {
    const { proc } = alive()
    proc.emit('SIGTERM')
    proc.emit(signal)
    expect(await proc.exited).toBe(code)
  })

  it('exits 1 when the grace time is over, after releasing what it can', async () => {
    const { proc, said, lifecycle } = alive({ graceMs: 10, releaseMs: 20 })
    const released: string[] = []
    lifecycle.onRelease('good', async () => void released.push('good'))
    lifecycle.onRelease('stuck', () => never)
    proc.emit('SIGINT')
    expect(await proc.exited).toBe(1)
    expect(said.join('\n')).toContain(
      'not finished within 10 ms after SIGINT, so it was cut off; --grace gives it more time',
    )
    await pause(30)
    expect(released).toEqual(['good'])
  })

  it('lets the grace time also end a release that hangs', async () => {
    const { proc, lifecycle } = alive({ graceMs: 10 })
    lifecycle.onRelease('stuck', () => never)
    proc.emit('SIGINT')
    void lifecycle.release()
    expect(await proc.exited).toBe(1)
  })

  it('goes on without a releaser that is late', async () => {
    const { said, lifecycle } = alive({ releaseMs: 10 })
    lifecycle.onRelease('stuck', () => never)
    await lifecycle.release()
    expect(said).toEqual(['stuck did not close within 10 ms; going on without it'])
  })

  it('keeps the exit code of a forced end although the command returns meanwhile', async () => {
    const { proc, lifecycle } = alive({ graceMs: 10 })
    const closing = Promise.withResolvers<void>()
    lifecycle.onRelease('slow', async () => {
      lifecycle.end(0)
      closing.resolve()
    })
    proc.emit('SIGINT')
    await closing.promise
    expect(await proc.exited).toBe(1)
    expect(proc.exitCode).toBeUndefined()
  })

  it('reports what keeps the process open after its end, and exits with the same code', async () => {
    const { proc, said, lifecycle } = alive({ lingerMs: 10 })
    proc.getActiveResourcesInfo = () => ['Timeout', 'TCPSocketWrap', 'Timeout']
    lifecycle.end(2)
    expect(await proc.exited).toBe(2)
    expect(said).toEqual(['did not exit naturally: still open 10 ms after the end: TCPSocketWrap, Timeout'])
  })

  it('ends with one sentence for an error that nothing handled, however many follow', async () => {
    const { proc, said } = alive()
    proc.emit('uncaughtException', new TypeError('first'))
    proc.emit('unhandledRejection', new Error('second'))
    expect(await proc.exited).toBe(1)
    expect(said).toEqual(['stopped by an error that nothing handled: TypeError: first'])
  })

  it('ends with 1 for an error that comes after the end', async () => {
    const { proc, lifecycle } = alive()
    lifecycle.end(0)
    proc.emit('uncaughtException', new Error('late'))
    expect(await proc.exited).toBe(1)
  })

  it('takes a closed stdout as a wish to end, and another error of stdout as an error', async () => {
    const quiet = alive()
    quiet.proc.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect([quiet.lifecycle.drain.aborted, quiet.lifecycle.stdoutClosed, quiet.said]).toEqual([
      true,
      true,
      [],
    ])
    quiet.lifecycle.end(0)
    const full = alive()
    full.proc.stdout.emit('error', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
    expect(await full.proc.exited).toBe(1)
    expect(full.said.join('')).toContain('no space left on device')
  })
})
