import { once } from 'node:events'
import { createServer } from 'node:net'
import { runApp } from '@pinpipe/service/command'
import { fakeProcess } from '@pinpipe/service/fake-process'
import { describe, expect, it } from 'vitest'
import { producerApp } from './app.ts'
import { summaryIn } from './testing/run-producer.ts'

describe('producer, stopped by a signal', () => {
  it('while MySQL does not answer: exit 0 and a summary, because nothing was taken', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const argv = ['--source', `mysql://u@127.0.0.1:${port}/d`, '--mysql-timeout', '300ms', '--out', 'stdout']
    const proc = fakeProcess({ argv })
    const running = runApp(producerApp('0.0.0'), proc)
    await once(silent, 'connection')
    proc.emit('SIGTERM')
    const code = await running
    silent.close()
    expect([code, summaryIn(proc.output.stderr)]).toMatchObject([0, { records: 0, acked: 0, failed: 0 }])
  })

  it('while it sends: exit 0, and what was taken was written', async () => {
    const proc = fakeProcess({
      argv: ['--source', 'generate:10000000', '--out', 'stdout', '--progress', 'none'],
    })
    const running = runApp(producerApp('0.0.0'), proc)
    while (proc.output.stdout === '') await new Promise((resolve) => void setTimeout(resolve, 5))
    proc.emit('SIGINT')
    const code = await running
    const summary = summaryIn(proc.output.stderr)
    expect([code, summary.failed, summary.acked]).toEqual([0, 0, summary.records])
    expect(proc.output.stdout.trimEnd().split('\n').length).toBe(summary.acked)
    expect(summary.posts).toBeLessThan(10_000_000)
  })
})
