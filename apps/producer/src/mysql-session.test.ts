import { Failure } from '@pinpipe/service/failure'
import { describe, expect, it } from 'vitest'
import { type SqlConnection, SqlSession, type SqlSessionOptions } from './mysql-session.ts'

const gone = (): Failure => new Failure('gone', { exit: 'unreachable', canRetry: true })

/** Connections whose n-th statement (over all of them) fails when the script says so. */
function scriptedServer(script: readonly (Failure | 'ok')[]) {
  const seen = { connects: 0, destroyed: 0, closed: 0, statements: [] as string[] }
  const connect = (): Promise<SqlConnection> => {
    seen.connects++
    return Promise.resolve({
      execute: (sql) => {
        const outcome = script[seen.statements.length] ?? 'ok'
        seen.statements.push(sql)
        return outcome === 'ok' ? Promise.resolve({ rows: [{ sql }], columns: [] }) : Promise.reject(outcome)
      },
      close: () => Promise.resolve(void seen.closed++),
      destroy: () => void seen.destroyed++,
    })
  }
  return { seen, connect }
}

const session = (connect: SqlSessionOptions['connect'], extra: Partial<SqlSessionOptions> = {}): SqlSession =>
  new SqlSession({
    connect,
    retryForMs: 5000,
    stop: new AbortController().signal,
    onRetry: () => undefined,
    ...extra,
  })

describe('SqlSession', () => {
  it('runs a statement again on a fresh connection after a dead one, and tells it', async () => {
    const { seen, connect } = scriptedServer(['ok', gone(), 'ok'])
    const retries: number[] = []
    await using sql = session(connect, { onRetry: (_failure, attempt) => void retries.push(attempt) })
    await sql.open()
    await sql.execute('a', [])
    expect((await sql.execute('b', [])).rows).toEqual([{ sql: 'b' }])
    expect(seen).toMatchObject({ connects: 2, destroyed: 1, statements: ['a', 'b', 'b'] })
    expect(retries).toEqual([1])
  })

  it('opens one new connection for several statements that wait', async () => {
    const { seen, connect } = scriptedServer([gone()])
    await using sql = session(connect)
    await sql.open()
    await Promise.all([sql.execute('a', []), sql.execute('b', []), sql.execute('c', [])])
    expect(seen).toMatchObject({ connects: 2, statements: ['a', 'a', 'b', 'c'] })
  })

  it('does not retry what will not pass', async () => {
    const { seen, connect } = scriptedServer([new Failure('no such table')])
    await using sql = session(connect)
    await sql.open()
    await expect(sql.execute('a', [])).rejects.toThrow('no such table')
    expect(seen.statements).toEqual(['a'])
  })

  it('gives up when the time for retries is over', async () => {
    const { seen, connect } = scriptedServer(Array.from({ length: 50 }, gone))
    await using sql = session(connect, { retryForMs: 250 })
    await sql.open()
    await expect(sql.execute('a', [])).rejects.toThrow('gone')
    expect(seen.statements.length).toBeGreaterThan(1)
  })

  it('does not retry a failed start', async () => {
    let connects = 0
    const sql = session(() => {
      connects++
      return Promise.reject(gone())
    })
    await expect(sql.open()).rejects.toThrow('gone')
    expect(connects).toBe(1)
  })

  it('stops retrying at the abort of the signal', async () => {
    const stop = new AbortController()
    const { connect } = scriptedServer(Array.from({ length: 50 }, gone))
    await using sql = session(connect, { stop: stop.signal, onRetry: () => stop.abort() })
    await sql.open()
    await expect(sql.execute('a', [])).rejects.toThrow('abort')
  })
})
