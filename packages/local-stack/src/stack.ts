// The three servers together: what a test run and `pnpm stack up` start.
import { type Environment, environment } from './environment.ts'
import { externalStack } from './external-stack.ts'
import { type KafkaFacts, type KafkaOptions, type KafkaServer, startKafka } from './kafka.ts'
import { type MySqlFacts, type MariaDbServer, startMariaDb } from './mariadb.ts'
import { type ServerName, findMissing, missingLine } from './prerequisites.ts'
import { type S3Facts } from './s3-access.ts'
import { type Server, type StopOptions } from './server.ts'
import { type S3Server, startVersityGw } from './versitygw.ts'

/** Addresses and logins of the three servers: plain data. Those of a missing server are empty strings. */
export type Stack = {
  readonly mode: 'native' | 'external'
  readonly missing: readonly ServerName[]
  readonly kafka: KafkaFacts
  readonly mariadb: MySqlFacts
  readonly s3: S3Facts
}

// What `inject('stack')` returns in a test.
declare module 'vitest' {
  interface ProvidedContext {
    stack: Stack
  }
}

export type RunningStack = {
  readonly facts: Stack
  /** One line for each server that is missing. */
  readonly problems: readonly string[]
  /** Path of each server's log. */
  readonly logs: readonly string[]
  stop(options?: StopOptions): Promise<void>
}

/**
 * Starts what can start here, side by side; with `STACK=external` it takes the addresses from the environment instead.
 * A server that lacks a program, or whose program cannot be fetched, is listed in `problems`; the others run.
 */
export async function startStack(
  options: { env?: Environment; kafka?: KafkaOptions } = {},
): Promise<RunningStack> {
  const env = options.env ?? environment
  if (env['STACK'] === 'external') {
    return { facts: externalStack(env), problems: [], logs: [], stop: async () => {} }
  }
  const missing = await findMissing(env)
  const problems = new Map<ServerName, string>(missing.map(({ server, reason }) => [server, reason]))
  const attempt = async <T extends Server>(
    server: ServerName,
    start: () => Promise<T>,
  ): Promise<T | undefined> => {
    if (problems.has(server)) return undefined
    try {
      return await start()
    } catch (error) {
      problems.set(server, missingLine(server, error instanceof Error ? error.message : String(error)))
      return undefined
    }
  }
  const [kafka, mariadb, s3] = await Promise.all([
    attempt('kafka', async () => await startKafka(options.kafka)),
    attempt('mariadb', startMariaDb),
    attempt('s3', startVersityGw),
  ])
  const servers = [kafka, mariadb, s3].filter((server) => server !== undefined)
  return {
    facts: {
      mode: 'native',
      missing: [...problems.keys()],
      kafka: kafkaFacts(kafka),
      mariadb: mariaDbFacts(mariadb),
      s3: s3Facts(s3),
    },
    problems: [...problems.values()],
    logs: servers.map(({ log }) => log),
    async stop(stopOptions) {
      await Promise.all(servers.map(async (server) => await server.stop(stopOptions)))
    },
  }
}

// Picked by hand: the handles also carry functions, which cannot be handed to another process.
function kafkaFacts(kafka: KafkaServer | undefined): KafkaFacts {
  const nobody = { username: '', password: '' }
  return {
    bootstrapServers: kafka?.bootstrapServers ?? '',
    listeners: kafka?.listeners ?? { plain: '', tls: '', saslPlain: '', saslTls: '' },
    tlsCa: kafka?.tlsCa ?? '',
    tlsClient: kafka?.tlsClient ?? { cert: '', key: '' },
    user: kafka?.user ?? nobody,
    restrictedUser: kafka?.restrictedUser ?? nobody,
    users: kafka?.users ?? [],
  }
}

function mariaDbFacts(mariadb: MariaDbServer | undefined): MySqlFacts {
  return {
    url: mariadb?.url ?? '',
    host: mariadb?.host ?? '',
    port: mariadb?.port ?? 0,
    database: mariadb?.database ?? '',
    user: mariadb?.user ?? '',
    password: mariadb?.password ?? '',
    unprivileged: mariadb?.unprivileged ?? { user: '', password: '', url: '' },
  }
}

function s3Facts(s3: S3Server | undefined): S3Facts {
  return {
    endpoint: s3?.endpoint ?? '',
    region: s3?.region ?? '',
    accessKeyId: s3?.accessKeyId ?? '',
    secretAccessKey: s3?.secretAccessKey ?? '',
  }
}
