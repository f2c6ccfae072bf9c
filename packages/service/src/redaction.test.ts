import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redactor } from './redaction.ts'

function knowing(...secrets: string[]): Redactor {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.register(secret)
  return redactor
}

describe('a registered secret', () => {
  const secret = 'p@ss w"rd/ü(1)~'
  it.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    [
      'percent-encoded with lower case digits',
      encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    ],
    ['percent-encoded as AWS does it', 'p%40ss%20w%22rd%2F%C3%BC%281%29~'],
    ['as a form field', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['as a browser sends a form', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
  ])('disappears %s', (_name, form) => {
    expect(knowing(secret).redact(`before ${form} after`)).toBe('before [secret] after')
  })

  it.each([
    ['a login', `\0user\0${secret}`],
    ['a login of another length', `u:${secret}`],
    ['a login with more behind it', `us:${secret}!`],
    ['a signed URL', `https://host/?token=${encodeURIComponent(secret)}&x=1`],
    ['JSON', JSON.stringify({ secret })],
  ])('disappears inside of the base64 of %s', (_name, text) => {
    const redactor = knowing(secret)
    for (const encoding of ['base64', 'base64url'] as const) {
      const encoded = Buffer.from(text).toString(encoding)
      const clean = redactor.redact(`before ${encoded} after`)
      expect(clean).toMatch(/^before [\w+/-]*\[secret\][\w+/=-]* after$/)
      // What is left of it: bits of the first and the last byte.
      const left = clean.slice('before '.length, -' after'.length).split('[secret]')
      for (const part of left) expect(encoded).toContain(part)
      expect(left.join('').length).toBeLessThanOrEqual(
        encoded.length - Math.floor((secret.length * 8) / 6) + 2,
      )
    }
  })

  it('disappears as a whole when another secret is a part of it', () => {
    expect(knowing('hunter', 'hunter22').redact('hunter22 and hunter')).toBe('[secret] and [secret]')
  })

  it('is only removed as a word when it is very short', () => {
    expect(knowing('a').redact('a banana, a=a')).toBe('[secret] banana, [secret]=[secret]')
  })

  it('does not exist when it is empty', () => {
    expect(knowing('', ' ').redact('some text')).toBe('some text')
  })

  it('is never left in a text, whatever it looks like', () => {
    const parts = string({ minLength: 4 }).filter((text) => text.trim() !== '' && !'[secret]'.includes(text))
    assert(
      property(parts, string(), string(), (some, before, after) => {
        const clean = knowing(some).redact(`${before}${some}${after}`)
        // Removing it may join what is around it to another copy only through the replacement's own letters.
        expect(clean.split('[secret]').filter((part) => part.includes(some))).toEqual([])
      }),
    )
  })

  it('disappears in every text of a JSON value, keys included, and leaves numbers, which are no secret, alone', () => {
    const clean = knowing('1234').redactJson({
      '1234': ['x1234', 1234, 12_345],
      deep: { ok: true, none: null },
    })
    expect(clean).toEqual({ '[secret]': ['x[secret]', '[secret]', 12_345], deep: { ok: true, none: null } })
  })
})

describe('a password in a URL', () => {
  it.each([
    ['mysql://me:pw@host:3306/db', 'mysql://me:[secret]@host:3306/db'],
    ['mysql://me:p/w@x@host/db', 'mysql://me:[secret]@host/db'],
    ['at "http://:pw@host" and s3+x://u:v@w.', 'at "http://:[secret]@host" and s3+x://u:[secret]@w.'],
  ])('disappears from %s without being registered', (text, clean) => {
    expect(new Redactor().redact(text)).toBe(clean)
  })

  it.each([
    'http://host:8080/@scope/pkg',
    'mysql://me@host:3306/db',
    'a@b.example',
    'https://host/path:x',
    'host:9092',
  ])('is not seen in %s', (text) => {
    expect(new Redactor().redact(text)).toBe(text)
  })

  it('can be registered, and then disappears elsewhere too, decoded and encoded', () => {
    const redactor = new Redactor()
    expect(redactor.registerUrlPasswords('mysql://me:hunter%402@host/db')).toBe(true)
    expect(redactor.registerUrlPasswords('mysql://me@host/db')).toBe(false)
    expect(redactor.redact('denied for hunter@2 or hunter%402')).toBe('denied for [secret] or [secret]')
  })

  it('is looked for in linear time', () => {
    const long = 'a'.repeat(1_000_000)
    expect(new Redactor().redact(`${long}://${long}`)).toHaveLength(2_000_003)
  })
})

describe('the environment', () => {
  it('holds secrets in variables of certain names, whether a setting declares them or not', () => {
    const redactor = new Redactor()
    redactor.registerEnvironment({
      MYSQL_PASSWORD: 'secret-mysql',
      AWS_SECRET_ACCESS_KEY: 'secret-key',
      AWS_SESSION_TOKEN: 'secret-session',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'secret-container',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
      AWS_ACCESS_KEY_ID: 'AKIA1234',
      EMPTY_PASSWORD: '',
      ABSENT_PASSWORD: undefined,
    })
    const text = 'secret-mysql secret-key secret-session secret-container /var/run/token AKIA1234'
    expect(redactor.redact(text)).toBe('[secret] [secret] [secret] [secret] /var/run/token AKIA1234')
  })
})
