import { describe, expect, it } from 'vitest'
import { Pacer } from './pacer.ts'
import { pauseSchedule, rateSchedule } from './schedule.ts'
import { FakeClock } from './testing/fake-clock.ts'

type Paused = { readonly pauseMs: number }

async function* chunksOf(
  posts: number,
  size: number,
  pauses: readonly number[] = [],
): AsyncGenerator<Paused[]> {
  for (let n = 0; n < posts; n += size) {
    yield Array.from({ length: Math.min(size, posts - n) }, (_, i) => ({ pauseMs: pauses[n + i] ?? 0 }))
  }
}

const never = new AbortController().signal

async function releases(pacer: Pacer, clock: FakeClock, chunks: AsyncIterable<Paused[]>, stop = never) {
  const times: number[] = []
  for await (const due of pacer.pace(chunks, stop)) for (const _ of due) times.push(clock.now())
  return times
}

async function afterStall(backlog: 'catch-up' | 'skip') {
  const clock = new FakeClock()
  const pacer = new Pacer({ clock, schedule: rateSchedule(10, 'constant', 0), backlog })
  const times: number[] = []
  for await (const due of pacer.pace(chunksOf(100, 10), never)) {
    for (const _ of due) times.push(clock.now())
    if (times.length === 20) clock.advance(5000)
  }
  return { times, punctuality: pacer.punctuality() }
}

describe('Pacer', () => {
  it.each([10, 1000, 20_000])(
    'keeps %i posts a second within 1 %% over 60 s, with timers that fire late',
    async (rate) => {
      const clock = new FakeClock({ startMs: 123, timerDelayMs: 1.3 })
      const pacer = new Pacer({ clock, schedule: rateSchedule(rate, 'constant', 0), backlog: 'catch-up' })
      const times = await releases(pacer, clock, chunksOf(rate * 60 + 1, 1000))
      const seconds = (times.at(-1)! - times[0]!) / 1000
      expect((rate * 60) / seconds / rate).toBeGreaterThan(0.99)
      expect((rate * 60) / seconds / rate).toBeLessThan(1.01)
    },
  )

  it('releases no post before its deadline', async () => {
    const clock = new FakeClock({ timerDelayMs: 0.7 })
    const pacer = new Pacer({ clock, schedule: rateSchedule(100, 'constant', 0), backlog: 'catch-up' })
    const times = await releases(pacer, clock, chunksOf(500, 7))
    times.forEach((time, n) => expect(time).toBeGreaterThanOrEqual(n * 10))
  })

  it('honours the pauses of the draws as the emulator does: before the post', async () => {
    const clock = new FakeClock()
    const pacer = new Pacer({ clock, schedule: pauseSchedule(), backlog: 'catch-up' })
    expect(await releases(pacer, clock, chunksOf(4, 2, [0, 1000, 1000, 0]))).toEqual([0, 1000, 2000, 2000])
  })

  it('catches up after a stall: the missed posts go at once and the schedule stays', async () => {
    const { times, punctuality } = await afterStall('catch-up')
    expect(times.filter((time) => time === 6900)).toHaveLength(50)
    expect(times.at(-1)).toBe(9900)
    expect(punctuality).toEqual({ maxBehindMs: 4900, behindMs: 0, skipped: 0, skippedMs: 0 })
  })

  it('skips the missed time after a stall, and reports it', async () => {
    const { times, punctuality } = await afterStall('skip')
    expect(Math.max(...times.slice(1).map((time, n) => time - times[n]!))).toBe(5000)
    expect(times.slice(20, 23)).toEqual([6900, 7000, 7100])
    expect(punctuality).toEqual({ maxBehindMs: 4900, behindMs: 0, skipped: 1, skippedMs: 4900 })
  })

  it('ends at the abort of the signal and drops what was not yet due', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const pacer = new Pacer({ clock, schedule: rateSchedule(10, 'constant', 0), backlog: 'catch-up' })
    let posts = 0
    for await (const due of pacer.pace(chunksOf(100, 100), stop.signal)) {
      posts += due.length
      if (posts === 5) stop.abort()
    }
    expect(posts).toBe(5)
  })
})

describe('rateSchedule', () => {
  it('draws Poisson arrivals whose gaps pass a Kolmogorov-Smirnov test against the exponential distribution', () => {
    const posts = 5000
    const schedule = rateSchedule(200, 'poisson', 1)
    let last = 0
    const gaps = Array.from({ length: posts }, () => {
      const due = schedule(0)
      const gap = due - last
      last = due
      return gap
    }).toSorted((a, b) => a - b)
    const distance = Math.max(
      ...gaps.map((gap, n) => {
        const expected = 1 - Math.exp((-gap * 200) / 1000)
        return Math.max(Math.abs(expected - n / posts), Math.abs((n + 1) / posts - expected))
      }),
    )
    // Critical value at α = 0.01.
    expect(distance).toBeLessThan(1.628 / Math.sqrt(posts))
  })

  it('draws the same Poisson arrivals for the same seed', () => {
    const [a, b] = [rateSchedule(5, 'poisson', 9), rateSchedule(5, 'poisson', 9)]
    expect(Array.from({ length: 20 }, () => a(0))).toEqual(Array.from({ length: 20 }, () => b(0)))
  })
})
