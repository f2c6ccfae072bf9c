import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { NotToBeSent } from './s3-errors.ts'
import { S3Retry, type S3RetryOptions } from './s3-retry.ts'

const named = (name: string): Error => Object.assign(new Error(name), { name })
const slowDown = { errorType: 'THROTTLING', error: named('SlowDown') }
const lost = { errorType: 'TRANSIENT', error: Object.assign(new Error('lost'), { code: 'ECONNRESET' }) }

/** A strategy whose pauses pass at once, on a clock that they move. */
function retryBy(more: Partial<S3RetryOptions> = {}) {
  const pauses: number[] = []
  const told: string[] = []
  let nowMs = 0
  const retry = new S3Retry({
    retryForMs: 600_000,
    random: () => 1,
    nowMs: () => nowMs,
    pause: async (ms) => {
      pauses.push(ms)
      nowMs += ms
    },
    observer: {
      storeWaiting: (reason, waitedMs) => told.push(`${reason} ${waitedMs}`),
      storeAnswered: () => told.push('answered'),
    },
    ...more,
  })
  /** A request that fails in this way until it is given up. */
  const fail = async (failed: Parameters<S3Retry['refreshRetryTokenForRetry']>[1]): Promise<void> => {
    let token = await retry.acquireInitialRetryToken()
    for (;;) token = await retry.refreshRetryTokenForRetry(token, failed)
  }
  return { retry, pauses, told, fail }
}

const sum = (pauses: readonly number[]): number => pauses.reduce((all, one) => all + one, 0)

describe('a request is sent again', () => {
  test('for some seconds while the store has never answered', async () => {
    const { fail, pauses } = retryBy()
    await expect(fail(lost)).rejects.toThrow('was repeated for')
    expect(pauses).toEqual([100, 200, 400, 800, 1600])
  })

  test('for minutes once it has, with pauses that stop growing, and longer ones when it is asked to slow down', async () => {
    for (const [failed, first] of [
      [lost, 100],
      [slowDown, 1_000],
    ] as const) {
      const { retry, fail, pauses } = retryBy()
      retry.recordSuccess()
      await expect(fail(failed)).rejects.toThrow('was repeated for')
      expect([pauses[0], pauses[1], pauses.at(-1)]).toEqual([first, 2 * first, 20_000])
      expect(sum(pauses)).toBeGreaterThan(570_000)
      expect(sum(pauses)).toBeLessThanOrEqual(600_000)
    }
  })

  test('after a pause that is drawn anew each time', async () => {
    const draws = [0.5, 0.25, 0]
    const { fail, pauses } = retryBy({ random: () => draws.shift() ?? 1 })
    await expect(fail(lost)).rejects.toThrow('was repeated for')
    expect(pauses.slice(0, 4)).toEqual([50, 50, 0, 800])
  })

  test('not before the time that the store asks for, within reason', async () => {
    const { retry, pauses } = retryBy({ retryForMs: 60_000 })
    retry.recordSuccess()
    const token = await retry.acquireInitialRetryToken()
    await retry.refreshRetryTokenForRetry(token, {
      ...slowDown,
      retryAfterHint: new Date(Date.now() + 3_600_000),
    })
    expect(pauses).toEqual([20_000])
  })

  test('as long as that helps: what the request itself is to blame for is not', async () => {
    const { retry, fail, pauses } = retryBy()
    retry.recordSuccess()
    const forGood = new NotToBeSent('gone on', { cause: lost.error })
    for (const [errorType, error] of [
      ['CLIENT_ERROR', named('AccessDenied')],
      ['CLIENT_ERROR', named('PreconditionFailed')],
      ['SERVER_ERROR', named('NotImplemented')],
      ['TRANSIENT', forGood],
    ] as const) {
      await expect(fail({ errorType, error })).rejects.toThrow('would not help')
    }
    expect(pauses).toEqual([])
  })

  test('while there are no credentials, if there have been some', async () => {
    const gap = { errorType: 'CLIENT_ERROR', error: named('CredentialsProviderError') }
    const { retry, fail, pauses } = retryBy()
    await expect(fail(gap)).rejects.toThrow('would not help')
    retry.recordSuccess()
    await expect(fail(gap)).rejects.toThrow('was repeated for')
    expect(sum(pauses)).toBeGreaterThan(500_000)
  })
})

test('an outage is told with its reason and how long it lasts, and its end once', async () => {
  const { retry, fail, told } = retryBy({ retryForMs: 1_000 })
  retry.recordSuccess()
  await expect(fail(lost)).rejects.toThrow('was repeated for')
  retry.recordSuccess()
  retry.recordSuccess()
  expect(told).toEqual(['ECONNRESET 0', 'ECONNRESET 100', 'ECONNRESET 300', 'answered'])
})

test('a store that is closed waits no longer', async () => {
  const { retry, fail } = retryBy({ pause: (ms, signal) => sleep(ms * 1_000, undefined, { signal }) })
  const failing = fail(lost)
  retry.stop()
  await expect(failing).rejects.toThrow('aborted')
})
