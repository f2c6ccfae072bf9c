// For tests of the watchdog: starts servers, prints where they are, and never stops them.
//   node crash-fixture.ts toy <folder>   a program that does nothing
//   node crash-fixture.ts stack          the three real servers
// oxlint-disable no-restricted-globals -- a process of its own
import { join } from 'node:path'
import { startKafka } from './kafka.ts'
import { startMariaDb } from './mariadb.ts'
import { type Server, startServer } from './server.ts'
import { startVersityGw } from './versitygw.ts'

const [kind, folder = ''] = process.argv.slice(2)

async function startToy(): Promise<Server> {
  const command = { command: 'sleep', args: ['1000'], isReady: () => true }
  return await startServer({ name: 'toy', folder: join(folder, 'toy'), ...command })
}

const starting = kind === 'toy' ? [startToy()] : [startKafka(), startMariaDb(), startVersityGw()]
const servers = await Promise.all(starting)
process.stdout.write(`${JSON.stringify(servers.map(({ pid, folder: own }) => ({ pid, folder: own })))}\n`)
setInterval(() => {}, 60_000)
