import { describe, expect, it } from 'vitest'
import { Health } from './health.ts'

describe('health', () => {
  it('is good when nobody says otherwise', () => {
    const health = new Health()
    expect(health.liveness()).toEqual({ ok: true, reasons: [] })
    expect(health.readiness()).toEqual({ ok: true, reasons: [] })
  })

  it('is not ready while a part is not, and says why', () => {
    const health = new Health()
    health.notReady('kafka', 'joining the group')
    expect(health.readiness()).toEqual({ ok: false, reasons: ['kafka: joining the group'] })
    expect(health.liveness().ok).toBe(true)
    health.ready('kafka')
    expect(health.readiness().ok).toBe(true)
  })

  it('is neither alive nor ready once a part failed', () => {
    const health = new Health()
    health.fail('store', 'bucket is gone')
    expect(health.liveness()).toEqual({ ok: false, reasons: ['store: bucket is gone'] })
    expect(health.readiness().ok).toBe(false)
  })

  it('is not alive while a heartbeat is missing, and recovers with it', () => {
    let nowMs = 0
    const health = new Health({ nowMs: () => nowMs })
    const beat = health.heartbeat('loop', { withinMs: 1000 })
    nowMs = 1000
    expect(health.liveness().ok).toBe(true)
    nowMs = 1001
    expect(health.liveness()).toEqual({ ok: false, reasons: ['loop: no sign of life for too long'] })
    beat()
    expect(health.liveness().ok).toBe(true)
  })
})
