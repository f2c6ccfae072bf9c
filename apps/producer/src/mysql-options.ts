/** How a connection to MySQL is made: the driver's options, and whose certificate it must see. Pure but for the socket. */

import { connect, type Socket } from 'node:net'
import { isLoopback, type MysqlAddress } from './mysql-address.ts'

export type MysqlConnectOptions = {
  readonly address: MysqlAddress
  readonly password: string | undefined
  /** PEM text of the authorities to trust; with it TLS is used on loopback too. */
  readonly tlsCa: string | undefined
  /** How long one connect or one statement may take before the connection counts as dead. */
  readonly timeoutMs: number
}

/**
 * The options of mysql2. Values come as exact text (hazard M4), a server gets no file and one statement at a time (M6),
 * and the connection goes without TLS to this machine only (M8).
 */
export function driverOptions({ address, password, tlsCa, timeoutMs }: MysqlConnectOptions) {
  const secret = password ?? address.password
  return {
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    ...(secret === undefined ? {} : { password: secret }),
    ...(isLoopback(address.host) && tlsCa === undefined ? {} : { ssl: tlsOptions(tlsCa) }),
    connectTimeout: timeoutMs,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    timezone: 'Z',
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
  }
}

/** mysql2 checks whose certificate it is only when it is told to. */
function tlsOptions(tlsCa: string | undefined) {
  return {
    verifyIdentity: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
  }
}

/**
 * The socket of a connection. It knows its own address: for an IP address mysql2 passes no name to node's TLS, which
 * then asks the socket, and without an answer there checks the certificate against `localhost`: it would refuse the
 * right one and take one made out to `localhost`.
 */
export function socketTo({ host, port }: MysqlAddress): Socket {
  return Object.assign(connect({ host, port, noDelay: true, keepAlive: true }), { _host: host })
}
