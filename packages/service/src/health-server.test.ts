import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startHealthServer } from './health-server.ts'
import { Health } from './health.ts'
import { Metrics } from './metrics.ts'

const redact = (text: string): string => text.replaceAll('hunter22', '[secret]')

async function started(options: { host?: string; port?: number } = {}) {
  const health = new Health()
  const metrics = new Metrics('producer')
  const server = await startHealthServer({ host: '127.0.0.1', port: 0, metrics, health, redact, ...options })
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(server.url + path, init)
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    }
  }
  return { server, health, metrics, get }
}

describe('the health server', () => {
  it('answers for liveness and readiness, with the reasons', async () => {
    const { server, health, get } = await started()
    await using open = new AsyncDisposableStack()
    open.use(server)
    expect(await get('/livez')).toMatchObject({ status: 200, body: 'ok\n' })
    health.notReady('kafka', 'joining with hunter22')
    expect(await get('/readyz?verbose')).toMatchObject({
      status: 503,
      body: 'kafka: joining with [secret]\n',
    })
    expect(await get('/livez')).toMatchObject({ status: 200 })
    health.fail('loop', 'stuck')
    expect(await get('/livez')).toMatchObject({ status: 503, body: 'loop: stuck\n' })
  })

  it('serves metrics and status', async () => {
    const { server, health, metrics, get } = await started()
    await using open = new AsyncDisposableStack()
    open.use(server)
    metrics.counter({ name: 'records_total', help: 'Records.' }).inc(3)
    health.status('source', () => ({ offset: 2n ** 60n }))
    expect(await get('/metrics')).toMatchObject({
      status: 200,
      type: expect.stringContaining('text/plain; version=0.0.4'),
      body: expect.stringContaining('pinpipe_producer_records_total 3'),
    })
    const status = await get('/status')
    expect(status.type).toBe('application/json')
    expect(JSON.parse(status.body)).toEqual({ source: { offset: '1152921504606846976' } })
  })

  it('answers the rest with what it has, and survives a part that cannot say how it is', async () => {
    const { server, health, get } = await started()
    await using open = new AsyncDisposableStack()
    open.use(server)
    expect(await get('/')).toMatchObject({ status: 404, body: expect.stringContaining('/metrics') })
    expect(await get('/metrics', { method: 'POST' })).toMatchObject({ status: 405 })
    health.status('broken', () => {
      throw new Error('hunter22')
    })
    expect(await get('/status')).toMatchObject({ status: 500, body: 'the answer could not be made\n' })
    expect(await get('/livez', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  it('closes although a client keeps its connection open', async () => {
    const { server, get } = await started()
    await get('/livez')
    await server[Symbol.asyncDispose]()
    await expect(get('/livez')).rejects.toThrow('fetch failed')
  })

  it('says what to do when the port is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const bound = other.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0
    await expect(started({ port })).rejects.toMatchObject({
      exitCode: 1,
      message: `port ${port} on 127.0.0.1 is in use by another program: choose another --metrics-port`,
    })
    await new Promise((resolve) => other.close(resolve))
  })

  it('says what to do when the address is not one of this machine', async () => {
    await expect(started({ host: '192.0.2.1' })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('choose another --metrics-host'),
    })
  })
})
