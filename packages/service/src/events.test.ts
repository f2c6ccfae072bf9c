import { describe, expect, expectTypeOf, it } from 'vitest'
import { defineEvents } from './events.ts'
import { createLogger } from './logger.ts'
import { Metrics } from './metrics.ts'
import { Redactor } from './redaction.ts'

function reporting() {
  const lines: string[] = []
  const metrics = new Metrics('consumer')
  const log = createLogger({
    app: 'consumer',
    level: 'debug',
    format: 'json',
    redactor: new Redactor(),
    write: (text) => void lines.push(text),
  })
  const events = defineEvents(
    { log, metrics },
    {
      rejected: {
        level: 'warn',
        message: 'record rejected',
        counter: 'records_rejected_total',
        labels: ['reason', 'topic'],
      },
      stored: { message: 'records stored', counter: 'records_stored_total', help: 'Records in objects.' },
      joined: { level: 'info', message: 'joined the group' },
    },
  )
  return { events, metrics, records: () => lines.map((line): unknown => JSON.parse(line)) }
}

describe('a named event', () => {
  it('logs and counts together, its labels taken from its fields', async () => {
    const { events, metrics, records } = reporting()
    events.rejected({ reason: 'schema', topic: 'a.pin', offset: '7' })
    events.rejected({ reason: 'schema', topic: 'a.pin', count: 3 })
    expect(records()[0]).toMatchObject({
      level: 'warn',
      event: 'rejected',
      reason: 'schema',
      offset: '7',
      msg: 'record rejected',
    })
    expect(records()).toHaveLength(2)
    expect(await metrics.registry.metrics()).toContain(
      'pinpipe_consumer_records_rejected_total{reason="schema",topic="a.pin"} 4',
    )
  })

  it('only counts without a level, starting at 0, and only logs without a counter', async () => {
    const { events, metrics, records } = reporting()
    expect(await metrics.registry.metrics()).toContain('pinpipe_consumer_records_stored_total 0')
    events.stored({ count: 500 })
    events.stored()
    expect(records()).toEqual([])
    expect(await metrics.registry.metrics()).toContain('pinpipe_consumer_records_stored_total 501')
    events.joined({ group: 'g' })
    expect(records()).toMatchObject([{ event: 'joined', group: 'g' }])
  })

  it('cannot be emitted without its labels', () => {
    const { events } = reporting()
    expectTypeOf(events.rejected).parameter(0).toHaveProperty('reason')
    // @ts-expect-error the label topic is missing
    events.rejected({ reason: 'schema' })
    expectTypeOf(events.stored).parameter(0).toBeNullable()
  })
})
