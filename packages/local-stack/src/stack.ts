// The three servers together: what a test run and `pnpm stack up` start.
import { type Environment, environment } from './environment.ts'
import { externalStack } from './external-stack.ts'
import { type KafkaFacts, type KafkaOptions, startKafka } from './kafka.ts'
import { type MySqlFacts, startMariaDb } from './mariadb.ts'
import { fetchJars } from './maven-jars.ts'
import { type ServerName, findMissing, missingLine } from './prerequisites.ts'
import { type S3Facts } from './s3-access.ts'
import { kafkaFacts, mariaDbFacts, s3Facts } from './server-facts.ts'
import { type Server, type StopOptions } from './server.ts'
import { fetchVersityGw, startVersityGw } from './versitygw.ts'

/** Addresses and logins of the three servers: plain data. Those of a missing server are empty strings. */
export type Stack = {
  readonly mode: 'native' | 'external' | 'embedded'
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
 * @throws StartFailure when a server has all it needs and fails: that is a fault, not a missing prerequisite
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
  const servers: Server[] = []
  const start = async <T extends Server>({
    name,
    fetchProgram,
    startServer,
  }: Starter<T>): Promise<T | undefined> => {
    if (problems.has(name)) return undefined
    const problem = await fetchProgram().then(() => undefined, firstLine)
    if (problem !== undefined) {
      problems.set(name, missingLine(name, `its program could not be fetched: ${problem}`))
      return undefined
    }
    const server = await startServer()
    servers.push(server)
    return server
  }
  const stop = async (stopOptions?: StopOptions): Promise<void> => {
    await Promise.all(servers.map(async (server) => await server.stop(stopOptions)))
  }
  const starting = [
    start({
      name: 'kafka',
      fetchProgram: async () => await fetchJars('4.1'),
      startServer: async () => await startKafka(options.kafka),
    }),
    start({ name: 'mariadb', fetchProgram: async () => {}, startServer: startMariaDb }),
    start({ name: 's3', fetchProgram: fetchVersityGw, startServer: startVersityGw }),
  ] as const
  // All must have ended before any is stopped.
  await Promise.allSettled(starting)
  try {
    const [kafka, mariadb, s3] = await Promise.all(starting)
    const addresses = { kafka: kafkaFacts(kafka), mariadb: mariaDbFacts(mariadb), s3: s3Facts(s3) }
    return {
      facts: { mode: 'native', missing: [...problems.keys()], ...addresses },
      problems: [...problems.values()],
      logs: servers.map(({ log }) => log),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Starter<T> = {
  readonly name: ServerName
  readonly fetchProgram: () => Promise<unknown>
  readonly startServer: () => Promise<T>
}

function firstLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.slice(0, 2).join(' ')
}
