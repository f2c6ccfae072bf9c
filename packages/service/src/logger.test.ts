import { describe, expect, it } from 'vitest'
import { createLogger, type LogFormat, type LogLevel } from './logger.ts'
import { Redactor } from './redaction.ts'

function logInto(
  lines: string[],
  options: { level?: LogLevel; format?: LogFormat; secrets?: string[] } = {},
) {
  const redactor = new Redactor()
  for (const secret of options.secrets ?? []) redactor.register(secret)
  const write = (text: string): void => void lines.push(text)
  return createLogger({
    app: 'producer',
    level: options.level ?? 'info',
    format: options.format ?? 'json',
    redactor,
    write,
  })
}

describe('a log line', () => {
  it('is one JSON object with level, time, app, fields and message', () => {
    const lines: string[] = []
    logInto(lines).warn({ topic: 'a.pin' }, 'slow')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/\n$/)
    const record: unknown = JSON.parse(lines[0] ?? '')
    expect(record).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      app: 'producer',
      topic: 'a.pin',
      msg: 'slow',
    })
  })

  it('is left out below the level', () => {
    const lines: string[] = []
    const log = logInto(lines, { level: 'warn' })
    log.info('no')
    log.error('yes')
    expect(lines).toHaveLength(1)
  })

  it('holds no secret, in no field, stack or child, and stays JSON whatever the secret looks like', () => {
    const lines: string[] = []
    // Such a secret is also a part of every line's time and of the JSON around the values.
    const log = logInto(lines, { secrets: ['2026', '","', 'hunter"22'] })
    log
      .child({ url: 'mysql://me:pw@host' })
      .error({ err: new Error('denied: hunter"22'), deep: [{ x: '2026' }] }, 'with 2026 and hunter"22')
    expect(lines.join('')).not.toMatch(/hunter|me:pw|2026/)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      url: 'mysql://me:[secret]@host',
      deep: [{ x: '[secret]' }],
      msg: 'with [secret] and [secret]',
    })
  })

  it('is text for people in the pretty format, written at once and redacted too', () => {
    const lines: string[] = []
    logInto(lines, { format: 'pretty', secrets: ['hunter22'] }).info({ topic: 'a.pin' }, 'using hunter22')
    expect(lines.join('')).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: using \[secret\] \{"topic":"a\.pin"\}\n$/,
    )
  })
})
