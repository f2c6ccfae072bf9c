import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { openReadOnlyAdmin } from './admin.ts'
import { errorOf } from './testing/connection-error.ts'
import { plainConnection } from './testing/kafka-topic.ts'
import { forwarder, silentServer } from './testing/tcp-server.ts'

describe('what is wrong with a connection is said in one sentence', () => {
  stackTest('nothing listens there', async () => {
    const error = await errorOf({ ...plainConnection('127.0.0.1:1,127.0.0.1:2'), connectTimeoutMs: 2_000 })
    expect(error).toMatchObject({ code: 'UNREACHABLE', exitCode: 5, canRetry: true })
    expect(error.message).toMatch(
      /^could not connect to Kafka: nothing listens at 127\.0\.0\.1:[12]; check --brokers/,
    )
  })

  stackTest('the host name is not known', async () => {
    const error = await errorOf({ ...plainConnection('no-such-host.invalid:9092'), connectTimeoutMs: 2_000 })
    expect(error).toMatchObject({ code: 'UNREACHABLE', exitCode: 5 })
    expect(error.message).toContain('no-such-host.invalid:9092')
  })

  stackTest('a broker that never answers', async () => {
    await using silent = await silentServer()
    const error = await errorOf({ ...plainConnection(silent.address), connectTimeoutMs: 1_000 })
    expect(error).toMatchObject({ code: 'TIMED_OUT', exitCode: 5 })
    expect(error.message).toContain(`${silent.address} did not answer in time`)
  })

  stackTest('an IPv6 address is an address like others', async ({ kafka }) => {
    await using there = await forwarder(kafka.listeners.plain, '::1')
    expect(there.address).toMatch(/^\[::1\]:\d+$/)
    await using admin = await openReadOnlyAdmin(plainConnection(there.address))
    expect((await admin.cluster()).brokers).toHaveLength(1)
    const error = await errorOf({ ...plainConnection('[::1]:1'), connectTimeoutMs: 1_000 })
    expect(error.message).toMatch(/^could not connect to Kafka: nothing listens at \[?::1\]?:1; /)
  })

  stackTest('TLS to a plaintext port', async ({ kafka }) => {
    const error = await errorOf({ ...plainConnection(kafka.listeners.plain), tls: {} })
    expect(error).toMatchObject({ code: 'TLS_FAILED', exitCode: 5 })
    expect(error.message).toContain(`${kafka.listeners.plain} does not speak TLS on this port; use --no-tls`)
  })

  stackTest('a login on a port without logins', async ({ kafka }) => {
    const error = await errorOf({
      ...plainConnection(kafka.listeners.plain),
      sasl: { mechanism: 'plain', username: 'nobody', password: 'secret' },
    })
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
    expect(error.message).toContain('does not expect a login on this port')
  })
})
