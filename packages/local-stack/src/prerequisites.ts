// What a machine needs to run the native servers, and how to get what it lacks.
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Environment, environment } from './environment.ts'
import { hasJars } from './maven-jars.ts'
import { hasVersityGw } from './versitygw.ts'

const serverNames = ['kafka', 'mariadb', 's3'] as const
export type ServerName = (typeof serverNames)[number]

/** A server that cannot start here. */
export type Missing = {
  readonly server: ServerName
  /** One line for people: what is missing and how to get it. */
  readonly reason: string
}

type Need = { readonly program: string; readonly get: string }

const kafkaNeeds: readonly Need[] = [
  { program: 'java', get: 'apt-get install openjdk-17-jdk-headless' },
  { program: 'openssl', get: 'apt-get install openssl' },
]
const maven: Need = { program: 'mvn', get: 'apt-get install maven' }
const mariaDbNeeds: readonly Need[] = ['mariadbd', 'mariadb-install-db'].map((program) => ({
  program,
  get: 'apt-get install mariadb-server',
}))
const go: Need = { program: 'go', get: 'apt-get install golang' }

/** The servers that cannot start here, at most one entry each; looks at programs and the cache only. */
export async function findMissing(env: Environment = environment): Promise<readonly Missing[]> {
  const [jars, versityGw] = await Promise.all([hasJars('4.1'), hasVersityGw()])
  const needs: Readonly<Record<ServerName, readonly Need[]>> = {
    kafka: jars ? kafkaNeeds : [...kafkaNeeds, maven],
    mariadb: mariaDbNeeds,
    s3: versityGw ? [] : [go],
  }
  const found = await Promise.all(
    serverNames.map(async (server) => await missingOf(server, needs[server], env)),
  )
  return found.filter((each) => each !== undefined)
}

/** One line for each server that cannot start here: what is missing and how to get it. */
export async function missingServers(env: Environment = environment): Promise<string[]> {
  return (await findMissing(env)).map(({ reason }) => reason)
}

const titles: Readonly<Record<ServerName, string>> = {
  kafka: 'Kafka',
  mariadb: 'MariaDB',
  s3: 'versitygw (S3)',
}

/** One line that says which server is missing, why, and what to do. */
export function missingLine(server: ServerName, cause: string): string {
  return `${titles[server]} is missing: ${cause}`
}

async function missingOf(
  server: ServerName,
  needs: readonly Need[],
  env: Environment,
): Promise<Missing | undefined> {
  const present = await Promise.all(needs.map(async ({ program }) => await isOnPath(program, env)))
  const absent = needs.filter((_, index) => present[index] === false)
  if (absent.length === 0) return undefined
  const programs = absent.map(({ program }) => program).join(', ')
  const remedies = [...new Set(absent.map(({ get }) => get))].join('; ')
  return { server, reason: missingLine(server, `no ${programs} on the PATH (${remedies})`) }
}

async function isOnPath(program: string, env: Environment): Promise<boolean> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(
    folders.map(async (folder) => {
      return await access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      )
    }),
  )
  return found.includes(true)
}
