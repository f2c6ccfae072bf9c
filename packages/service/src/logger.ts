import { pino, type Logger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { type Redactor } from './redaction.ts'

export { type Logger } from 'pino'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]
export type LogFormat = 'json' | 'pretty'

/**
 * The log of an app: one line a record, handed to `write` as it is logged (no worker, no buffer), so that nothing is
 * lost when the process ends. Every text in a record is redacted. `pretty` is for people at a terminal.
 */
export function createLogger(options: {
  readonly app: string
  readonly level: LogLevel
  readonly format: LogFormat
  readonly redactor: Redactor
  readonly colors?: boolean
  readonly write: (text: string) => void
}): Logger {
  const { redactor } = options
  const pretty = prettyFactory({
    colorize: options.colors ?? false,
    ignore: 'app',
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
  })
  return pino(
    {
      level: options.level,
      base: { app: options.app },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line: string): void {
        const clean = redactedLine(line, redactor)
        options.write(options.format === 'json' ? clean : pretty(JSON.parse(clean)))
      },
    },
  )
}

/** Redacts inside the values of the record, so that it stays JSON whatever a secret looks like. */
function redactedLine(line: string, redactor: Redactor): string {
  if (redactor.redact(line) === line) return line
  return `${JSON.stringify(redactor.redactJson(JSON.parse(line)))}\n`
}
