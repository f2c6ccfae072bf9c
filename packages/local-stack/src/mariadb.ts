// A real MariaDB in its own folder, without the system's service.
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
// oxlint-disable-next-line no-restricted-imports -- the test server's own client: it makes databases
import { createConnection } from 'mysql2/promise'
import { withFreePorts } from './free-port.ts'
import { mustRun } from './run-program.ts'
import { newSecret } from './secrets.ts'
import { inServerFolder } from './server-folder.ts'
import { type Server, startServer } from './server.ts'

/** How to reach a MySQL or MariaDB of the local stack: plain data that can be handed to another process. */
export type MySqlFacts = {
  /** `mysql://user@127.0.0.1:port/database`, without the password. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly database: string
  /** May do everything. */
  readonly user: string
  readonly password: string
  /** Logs in and may read nothing. */
  readonly unprivileged: { readonly user: string; readonly password: string; readonly url: string }
}

export type MariaDbServer = Server &
  MySqlFacts & {
    /** Makes an empty utf8mb4 database and returns its URL (without the password). */
    createDatabase(name: string): Promise<string>
  }

/**
 * Starts MariaDB on `port`, by default a free port of 127.0.0.1 (about two seconds). All databases are utf8mb4.
 * @throws AddressInUse when the given port is taken; StartFailure with the log's path and last lines
 */
export async function startMariaDb(options: { port?: number } = {}): Promise<MariaDbServer> {
  return await withFreePorts(1, async ([port = 0]) => await startOnPort(port), options)
}

async function startOnPort(port: number): Promise<MariaDbServer> {
  return await inServerFolder('mariadb', async (folder) => await startIn(folder, port))
}

async function startIn(folder: string, port: number): Promise<MariaDbServer> {
  const datadir = join(folder, 'data')
  const facts = factsOf(port)
  const user = `--user=${userInfo().username}`
  const method = '--auth-root-authentication-method=normal'
  await mustRun('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${datadir}`,
    method,
    '--skip-test-db',
    // A bare machine may not know its own name: it is not needed.
    '--force',
    user,
  ])
  const initFile = join(folder, 'init.sql')
  await writeFile(initFile, initSql(facts), { mode: 0o600 })
  const server = await startServer({
    name: 'mariadb',
    folder,
    command: 'mariadbd',
    args: [
      '--no-defaults',
      `--datadir=${datadir}`,
      user,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'mysql.sock')}`,
      `--pid-file=${join(folder, 'mysql.pid')}`,
      `--init-file=${initFile}`,
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--skip-name-resolve',
      // The data is thrown away: no need to wait for the disk.
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=64M',
      '--innodb-log-file-size=32M',
    ],
    isReady: (log) => log.includes('ready for connections'),
  })
  const createDatabase = async (name: string): Promise<string> => await createMySqlDatabase(facts, name)
  return Object.assign(server, facts, { createDatabase })
}

/** Makes an empty utf8mb4 database on a running server and returns its URL (without the password). */
export async function createMySqlDatabase(facts: MySqlFacts, name: string): Promise<string> {
  const { host, port, user, password } = facts
  const connection = await createConnection({ host, port, user, password })
  try {
    await connection.query('CREATE DATABASE ?? CHARACTER SET utf8mb4', [name])
  } finally {
    await connection.end()
  }
  return `mysql://${user}@${host}:${port}/${name}`
}

function factsOf(port: number): MySqlFacts {
  const host = '127.0.0.1'
  const database = 'pinpipe'
  const urlOf = (user: string): string => `mysql://${user}@${host}:${port}/${database}`
  const unprivileged = { user: 'unprivileged', password: newSecret(), url: urlOf('unprivileged') }
  return {
    url: urlOf('pinpipe'),
    host,
    port,
    database,
    user: 'pinpipe',
    password: newSecret(),
    unprivileged,
  }
}

function initSql(facts: MySqlFacts): string {
  return `CREATE DATABASE IF NOT EXISTS ${facts.database} CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '${facts.user}'@'%' IDENTIFIED BY '${facts.password}';
GRANT ALL PRIVILEGES ON *.* TO '${facts.user}'@'%';
CREATE USER IF NOT EXISTS '${facts.unprivileged.user}'@'%' IDENTIFIED BY '${facts.unprivileged.password}';
`
}
