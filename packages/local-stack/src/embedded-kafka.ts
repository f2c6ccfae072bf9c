// The embedded broker as one of the servers of the local stack: in a process of its own, which dies with its owner. Started by
// its path, as other programs are: an import would make a circle, since its own tests use this package.
import { fileURLToPath } from 'node:url'
import { compileCache, nodeProgram } from './environment.ts'
import { withFreePorts } from './free-port.ts'
import { inServerFolder } from './server-folder.ts'
import { type Server, startServer } from './server.ts'

const main = fileURLToPath(new URL('../../embedded-kafka/src/main.ts', import.meta.url))

/** Starts it on a free port of 127.0.0.1 (less than half a second). @throws StartFailure with the log's path and last lines */
export async function startEmbeddedKafkaServer(
  topics: readonly { readonly topic: string; readonly partitions: number }[],
): Promise<Server & { readonly bootstrapServers: string }> {
  const wishes = topics.flatMap(({ topic, partitions }) => ['--topic', `${topic}:${partitions}`])
  const start = async (folder: string, port: number) => {
    const bootstrapServers = `127.0.0.1:${port}`
    const server = await startServer({
      name: 'embedded-kafka',
      folder,
      command: nodeProgram,
      args: [main, '--port', String(port), ...wishes],
      env: compileCache,
      isReady: (log) => log.includes(bootstrapServers),
    })
    return Object.assign(server, { bootstrapServers })
  }
  return await withFreePorts(1, async ([port = 0]) => {
    return await inServerFolder('embedded-kafka', async (folder) => await start(folder, port))
  })
}
