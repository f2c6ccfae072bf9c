import { describe, expect, it } from 'vitest'
import { Metrics } from './metrics.ts'

describe('metrics', () => {
  it('have names of their app, and values when they are scraped', async () => {
    const metrics = new Metrics('topic-admin')
    metrics
      .counter({ name: 'topics_created_total', help: 'Topics.', labels: ['result'] })
      .inc({ result: 'ok' }, 2)
    let depth = 0
    metrics.gauge({ name: 'queue_depth_records', help: 'Queue.', collect: (gauge) => gauge.set(depth) })
    metrics.histogram({ name: 'request_seconds', help: 'Time.', buckets: [0.1, 1] }).observe(0.5)
    metrics.gauge({ name: 'kafka_consumergroup_lag', help: 'Lag.', isWholeName: true }).set(7)
    depth = 5
    const text = await metrics.registry.metrics()
    expect(text).toContain('pinpipe_topic_admin_topics_created_total{result="ok"} 2')
    expect(text).toContain('pinpipe_topic_admin_queue_depth_records 5')
    expect(text).toContain('pinpipe_topic_admin_request_seconds_bucket{le="1"} 1')
    expect(text).toContain('\nkafka_consumergroup_lag 7')
  })

  it('include those of the process when asked for', async () => {
    const metrics = new Metrics('producer')
    expect(await metrics.registry.metrics()).not.toContain('process_')
    metrics.collectProcessMetrics()
    expect(await metrics.registry.metrics()).toContain('process_resident_memory_bytes')
    metrics.registry.clear()
  })

  it.each([
    ['a counter without _total', (metrics: Metrics) => metrics.counter({ name: 'records', help: 'x' })],
    ['a name with capitals', (metrics: Metrics) => metrics.gauge({ name: 'Records_seen', help: 'x' })],
    ['a name with a dash', (metrics: Metrics) => metrics.gauge({ name: 'records-seen', help: 'x' })],
    [
      'a name twice',
      (metrics: Metrics) => {
        metrics.gauge({ name: 'depth_records', help: 'x' })
        metrics.gauge({ name: 'depth_records', help: 'x' })
      },
    ],
  ])('refuse %s', (_name, make) => {
    expect(() => make(new Metrics('producer'))).toThrow(Error)
  })
})
