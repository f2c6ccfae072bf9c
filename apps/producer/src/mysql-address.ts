/** Reads `mysql://user@host:port/db`. Pure. */

import { isIP } from 'node:net'
import { BadValue } from '@pinpipe/service/settings'

export type MysqlAddress = {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** From `MYSQL_URL` only: settings refuse a URL with a password on the command line. */
  readonly password?: string
}

/** Throws a BadValue, whose reason never repeats the URL, because it may hold a password. */
export function parseMysqlUrl(text: string): MysqlAddress {
  const url = URL.parse(text)
  if (url?.protocol !== 'mysql:') throw bad('is not a mysql:// URL')
  if (url.hostname === '') throw bad('names no host')
  if (url.username === '') throw bad('names no user')
  if (url.search !== '' || url.hash !== '') throw bad('takes no options after ? or #')
  const database = decoded(url.pathname.slice(1))
  if (database === '' || database.includes('/')) throw bad('names no database')
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decoded(url.username),
    database,
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw bad('has a % that is not followed by two hex digits (a plain % is %25)')
  }
}

function bad(reason: string): BadValue {
  return new BadValue(`${reason}: write it like mysql://user@host:3306/database`)
}

/** Whether the host is this machine itself: the only case in which the connection may go without TLS. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === 'localhost' || host === '::1'
}
