// `stack up`: a developer's servers until Ctrl-C.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type CommandContext, command } from '@pinpipe/service/command'
import { Failure, UsageFailure } from '@pinpipe/service/failure'
import { types } from '@pinpipe/service/settings'
import { startDeveloperStack } from './developer-stack.ts'
import { findMissing } from './prerequisites.ts'
import { runProgram } from './run-program.ts'

const composeFile = fileURLToPath(new URL('../../../compose.yaml', import.meta.url))

export const upCommand = command({
  name: 'up',
  summary: 'start Kafka, MySQL and S3 with topics, sample rows and a bucket, until Ctrl-C',
  settings: {
    kafka: {
      flag: 'kafka',
      type: types.oneOf(['embedded', 'apache', 'redpanda', 'external']),
      default: 'embedded',
      description:
        'embedded: the broker of packages/embedded-kafka, in memory. apache: Apache Kafka 4.1. external: a Kafka that runs at --brokers; each with MariaDB and versitygw. redpanda: all of compose.yaml, by Docker',
    },
    brokers: {
      flag: 'brokers',
      env: 'KAFKA_BROKERS',
      type: types.text(),
      description: 'host:port,… of the external Kafka',
    },
    topicPrefix: {
      flag: 'topic-prefix',
      env: 'TOPIC_PREFIX',
      type: types.text(),
      default: 'pinpipe',
      description: 'topics are <prefix>.pin, <prefix>.geo, <prefix>.user',
    },
    partitions: {
      flag: 'partitions',
      type: types.integer({ min: 1, max: 100 }),
      default: 3,
      description: 'of each topic',
    },
    rows: {
      flag: 'rows',
      type: types.integer({ min: 0, max: 1_000_000 }),
      default: 1000,
      description: 'sample rows in each table',
    },
    bucket: { flag: 'bucket', type: types.text(), default: 'lake', description: 'the S3 bucket' },
  },
  examples: ['stack up', 'stack up --rows 100000', 'stack up --kafka apache'],
  async run(settings, context) {
    if (settings.kafka === 'redpanda') return await runCompose(context)
    const { topicPrefix, partitions, rows, bucket } = settings
    const kafka = settings.kafka === 'external' ? { brokers: brokersOf(settings.brokers) } : settings.kafka
    const { variables, servers } = await startDeveloperStack({
      kafka,
      topicPrefix,
      partitions,
      rows,
      bucket,
      without: await absentServers(kafka !== 'embedded', context),
      onServer: (server) => context.onRelease(server.name, async () => await server.stop()),
    })
    context.stdout.write(welcome(variables, bucket))
    for (const { name, log } of servers) context.log.debug({ server: name, log }, 'started')
    if (!context.drain.aborted) await once(context.drain, 'abort')
    return 0
  },
})

function brokersOf(brokers: string | undefined): string {
  if (brokers === undefined) throw new UsageFailure('--kafka external needs --brokers (KAFKA_BROKERS).')
  return brokers
}

/** The servers that cannot start here, each said in a line: the others do. @throws Failure when Kafka is among them */
async function absentServers(
  needsJava: boolean,
  context: CommandContext,
): Promise<ReadonlySet<'mariadb' | 's3'>> {
  const absent = new Set<'mariadb' | 's3'>()
  for (const { server, reason } of await findMissing(context.env)) {
    if (server !== 'kafka') {
      absent.add(server)
      context.stderr.write(`${reason}\n`)
    } else if (needsJava) {
      throw new Failure(`${reason}. Without Java: --kafka embedded.`)
    }
  }
  return absent
}

/** What a developer pastes into another terminal. Values are URLs, names and base64url: nothing a shell would change. */
function welcome(variables: Readonly<Record<string, string>>, bucket: string): string {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`)
  const source = variables['MYSQL_URL'] === undefined ? 'generate:1000' : '"$MYSQL_URL"'
  const lake = variables['AWS_ENDPOINT_URL_S3'] === undefined ? 'dir:./lake' : `s3://${bucket}`
  return `${lines.join('\n')}

# Paste the lines above into another terminal, then for example:
#   pnpm producer --source ${source} --mode sequential --out kafka
#   pnpm consumer --topic-prefix "$TOPIC_PREFIX" --lake ${lake} --group demo --until-end
# Ctrl-C stops the servers and removes their data.
`
}

/** Runs compose.yaml in the foreground until the command is asked to end, then takes it down; volumes stay. */
async function runCompose(context: CommandContext): Promise<number> {
  const compose = ['compose', '--file', composeFile]
  const [plugin, engine] = await Promise.all([
    runProgram('docker', ['compose', 'version'], { timeoutMs: 20_000 }),
    runProgram('docker', ['info'], { timeoutMs: 20_000 }),
  ])
  if (plugin.code !== 0 || engine.code !== 0) {
    const what = plugin.code === 0 ? 'a Docker engine that answers' : 'Docker with its compose plugin'
    throw new Failure(`--kafka redpanda needs ${what}: install or start it, or use --kafka embedded.`)
  }
  const up = spawn('docker', [...compose, 'up'], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  up.stdout.pipe(context.stdout, { end: false })
  up.stderr.pipe(context.stderr, { end: false })
  context.onRelease(
    'compose',
    async () => await runProgram('docker', [...compose, 'down'], { timeoutMs: 60_000 }),
  )
  const ended = once(up, 'exit')
  const first = await Promise.race([ended, once(context.drain, 'abort')])
  if (!context.drain.aborted)
    throw new Failure(`docker compose ended by itself with code ${String(first[0])}.`)
  return 0
}
