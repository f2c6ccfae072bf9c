/** The two brokers that are compared, each a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startKafka } from '@pinpipe/local-stack/kafka'

export type BrokerServer = AsyncDisposable & {
  readonly name: string
  readonly bootstrapServers: string
  readonly pid: number
}

const main = join(import.meta.dirname, '..', 'packages', 'embedded-kafka', 'src', 'main.ts')

/** The embedded broker, from its command line. @param maxBytes such as `2GiB` */
export async function startEmbedded(maxBytes: string): Promise<BrokerServer> {
  const args = ['--import', 'tsx', main, '--max-bytes', maxBytes]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return {
    name: 'embedded',
    bootstrapServers: line.trim(),
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** A heap as a small broker has it, and the JVM's usual compilers. */
export const brokerJvm = ['-Xms1g', '-Xmx1g', '-XX:+UseG1GC']

export async function startApache(): Promise<BrokerServer> {
  const kafka = await startKafka({ jvm: brokerJvm })
  return {
    name: 'Apache Kafka',
    bootstrapServers: kafka.bootstrapServers,
    pid: kafka.pid ?? 0,
    [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose](),
  }
}
