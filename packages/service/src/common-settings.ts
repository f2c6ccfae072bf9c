import { logLevels } from './logger.ts'
import { progressModes } from './progress.ts'
import { settingsSpec, types } from './settings.ts'

const oneDayMs = 86_400_000

/** The settings that every command of every app has. */
export const commonSettings = settingsSpec({
  logLevel: {
    flag: 'log-level',
    env: 'LOG_LEVEL',
    type: types.oneOf(logLevels),
    default: 'info',
    description: 'The least important log line that is written (to stderr). debug adds stacks to errors.',
    group: 'Process',
  },
  logFormat: {
    flag: 'log-format',
    env: 'LOG_FORMAT',
    type: types.oneOf(['json', 'pretty']),
    description: 'One JSON object a line, or text for people. Without it: pretty on a terminal, else json.',
    group: 'Process',
  },
  metricsPort: {
    flag: 'metrics-port',
    env: 'METRICS_PORT',
    type: types.integer({ min: 0, max: 65_535 }),
    description:
      'Serve /metrics, /livez, /readyz and /status on this port; 0 takes a free one. Off without it.',
    group: 'Process',
  },
  metricsHost: {
    flag: 'metrics-host',
    env: 'METRICS_HOST',
    type: types.text({ takes: 'HOST' }),
    default: '127.0.0.1',
    description: 'The address for --metrics-port. 0.0.0.0 lets other machines in.',
    group: 'Process',
  },
  progress: {
    flag: 'progress',
    env: 'PINPIPE_PROGRESS',
    type: types.oneOf(progressModes),
    default: 'auto',
    description:
      'How progress is shown on stderr: one live line (bar), a log line every 10 s (plain), not at all. auto: bar on a terminal, else plain.',
    group: 'Process',
  },
  grace: {
    flag: 'grace',
    env: 'PINPIPE_GRACE',
    type: types.duration({ maxMs: oneDayMs }),
    default: 30_000,
    description: 'How long SIGINT or SIGTERM leaves for finishing what was started.',
    group: 'Process',
  },
})
