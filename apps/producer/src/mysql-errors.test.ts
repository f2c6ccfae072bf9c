import { describe, expect, it } from 'vitest'
import { type MysqlAddress } from './mysql-address.ts'
import { mysqlFailure } from './mysql-errors.ts'

const address: MysqlAddress = {
  host: 'db',
  port: 3306,
  user: 'reader',
  database: 'pins',
  password: 'canary-password',
}
const errorWith = (fields: object): Error => Object.assign(new Error('the server’s own words'), fields)

describe('mysqlFailure', () => {
  it.each([
    ['a wrong password', { code: 'ER_ACCESS_DENIED_ERROR' }, 4, false, 'MYSQL_PASSWORD'],
    ['a database without the right', { code: 'ER_DBACCESS_DENIED_ERROR' }, 4, false, 'SELECT'],
    ['a login plugin that is not spoken', { code: 'AUTH_SWITCH_PLUGIN_ERROR' }, 4, false, 'reader'],
    ['a server that only takes TLS', { code: 'ER_SECURE_TRANSPORT_REQUIRED' }, 4, false, '--mysql-tls-ca'],
    ['an unknown database', { code: 'ER_BAD_DB_ERROR' }, 1, false, 'no database pins'],
    ['nobody listening', { code: 'ECONNREFUSED' }, 5, true, 'db:3306'],
    ['an unknown host', { code: 'ENOTFOUND' }, 5, true, 'db:3306'],
    ['a time-out', { code: 'ETIMEDOUT' }, 5, true, 'does not answer'],
    ['a statement without an answer', { code: 'PROTOCOL_SEQUENCE_TIMEOUT' }, 5, true, 'does not answer'],
    ['a lost connection', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 5, true, 'does not answer'],
    ['a closed connection without a code', { fatal: true }, 5, true, 'the connection is closed'],
    ['too many connections', { code: 'ER_CON_COUNT_ERROR' }, 5, true, 'ER_CON_COUNT_ERROR'],
    ['a killed statement', { code: 'ER_QUERY_INTERRUPTED' }, 5, true, 'ER_QUERY_INTERRUPTED'],
    ['a server without TLS', { code: 'HANDSHAKE_NO_SSL_SUPPORT' }, 5, false, '--mysql-tls-ca'],
    ['an unknown authority', { code: 'SELF_SIGNED_CERT_IN_CHAIN', fatal: true }, 5, false, '--mysql-tls-ca'],
    ['another host’s certificate', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 5, false, 'host name'],
    [
      'a handshake of TLS that failed',
      { code: 'HANDSHAKE_SSL_ERROR', fatal: true },
      5,
      false,
      'the server’s own words',
    ],
    ['a table that vanished', { code: 'ER_NO_SUCH_TABLE' }, 1, false, 'the server’s own words'],
    ['anything else', { code: 'ER_DATA_OUT_OF_RANGE' }, 1, false, 'ER_DATA_OUT_OF_RANGE'],
  ])('tells %s by exit code, sentence and remedy', (_what, fields, exitCode, canRetry, words) => {
    const failure = mysqlFailure(errorWith(fields), address)
    expect(failure).toMatchObject({ exitCode, canRetry })
    expect(failure.message).toContain(words)
    expect(failure.message).not.toContain('canary-password')
  })

  it('looks into an AggregateError, which a host with two addresses gives', () => {
    expect(mysqlFailure(new AggregateError([errorWith({ code: 'ECONNREFUSED' })]), address).exitCode).toBe(5)
  })

  it('does not repeat the server’s words where they could hold a value', () => {
    expect(mysqlFailure(errorWith({ code: 'ER_TRUNCATED_WRONG_VALUE' }), address).message).not.toContain(
      'own words',
    )
  })
})
