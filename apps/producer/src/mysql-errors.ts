/** What an error of MySQL or MariaDB means for the run: a sentence, an exit code, and whether the statement may run again. */

import { Failure } from '@pinpipe/service/failure'
import { type MysqlAddress } from './mysql-address.ts'

const authCodes: ReadonlySet<string> = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_ACCOUNT_HAS_BEEN_LOCKED',
  'ER_MUST_CHANGE_PASSWORD',
  'ER_MUST_CHANGE_PASSWORD_LOGIN',
  'AUTH_SWITCH_PLUGIN_ERROR',
])

/** The server, or the way to it, is not there now. Each may be over in a moment, and every statement is a plain read. */
const goneCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_QUERY_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CLIENT_INTERACTION_TIMEOUT',
])

const tlsCode = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|^HANDSHAKE_(?:NO_SSL|SSL)|^EPROTO/

/** An error of the source as a known failure. `cause` keeps the original for `--log-level debug`. */
export function mysqlFailure(error: unknown, address: MysqlAddress): Failure {
  if (error instanceof Failure) return error
  const at = `${address.host}:${address.port}`
  const code = codeOf(error)
  if (code === 'ER_BAD_DB_ERROR') {
    return new Failure(
      `there is no database ${address.database} on MySQL at ${at}: check the end of the URL`,
      { cause: error },
    )
  }
  if (authCodes.has(code)) {
    return new Failure(
      `MySQL at ${at} refused the user ${address.user} for the database ${address.database} (${code}): check the user, MYSQL_PASSWORD and the user's SELECT right`,
      { exit: 'auth', cause: error },
    )
  }
  if (code === 'ER_SECURE_TRANSPORT_REQUIRED') {
    return new Failure(`MySQL at ${at} only takes TLS: give --mysql-tls-ca FILE`, {
      exit: 'auth',
      cause: error,
    })
  }
  if (tlsCode.test(code)) {
    return new Failure(
      `there is no trusted TLS connection to MySQL at ${at} (${tlsReasonOf(error, code)}): give the authority of its certificate with --mysql-tls-ca FILE, and a host name that the certificate holds`,
      { exit: 'unreachable', cause: error },
    )
  }
  if (goneCodes.has(code) || isFatal(error)) {
    return new Failure(
      `MySQL at ${at} does not answer (${code === '' ? 'the connection is closed' : code}): check that it runs, the host, the port and the way to it`,
      { exit: 'unreachable', canRetry: true, cause: error },
    )
  }
  return new Failure(
    `MySQL at ${at} could not run a statement: ${code === '' ? 'unknown error' : code}${detailOf(error)}`,
    { cause: error },
  )
}

/** mysql2 puts one code over whatever stopped the handshake: the words of node's TLS say more, and hold no secret. */
function tlsReasonOf(error: unknown, code: string): string {
  return code === 'HANDSHAKE_SSL_ERROR' && error instanceof Error ? error.message : code
}

/** The server's own text is shown for errors about names and rights; it holds no row values there. */
function detailOf(error: unknown): string {
  const named = /^ER_(?:NO_SUCH_TABLE|BAD_FIELD_ERROR|PARSE_ERROR|UNKNOWN_ERROR)$/
  return error instanceof Error && named.test(codeOf(error)) ? ` (${error.message})` : ''
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** mysql2 marks errors that end the connection, also those without a code. */
function isFatal(error: unknown): boolean {
  return error instanceof Error && 'fatal' in error && error.fatal === true
}
