import { BadValue } from '@pinpipe/service/settings'
import { describe, expect, it } from 'vitest'
import { isLoopback, parseMysqlUrl } from './mysql-address.ts'

describe('parseMysqlUrl', () => {
  it('reads host, port, user and database', () => {
    expect(parseMysqlUrl('mysql://reader@db.example:3307/pinterest')).toEqual({
      host: 'db.example',
      port: 3307,
      user: 'reader',
      database: 'pinterest',
    })
  })

  it('takes port 3306 for granted, unpacks an IPv6 address and decodes what is percent-encoded', () => {
    expect(parseMysqlUrl('mysql://a%40b:p%2Fw%25@[::1]/my%20db')).toEqual({
      host: '::1',
      port: 3306,
      user: 'a@b',
      database: 'my db',
      password: 'p/w%',
    })
  })

  it.each([
    ['another scheme', 'postgres://u@h/db'],
    ['no URL', 'mysql//u@h/db'],
    ['no user', 'mysql://h/db'],
    ['no host', 'mysql://u@/db'],
    ['no database', 'mysql://u@h'],
    ['an empty database', 'mysql://u@h/'],
    ['a path', 'mysql://u@h/db/table'],
    ['options', 'mysql://u@h/db?multipleStatements=true'],
    ['a fragment', 'mysql://u@h/db#x'],
    ['a broken escape', 'mysql://u%zz@h/db'],
  ])('refuses %s without repeating the URL', (_what, url) => {
    expect(() => parseMysqlUrl(url)).toThrow(BadValue)
    expect(() => parseMysqlUrl(url)).not.toThrow(url)
  })
})

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('%s is this machine', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each(['10.0.0.1', '128.0.0.1', 'db.example', '127.0.0.1.example', 'localhost.example', '::2'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    },
  )
})
