// Real Apache Kafka 4.1 (KRaft, controller and broker in one process) without a container.
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withFreePorts } from './free-port.ts'
import { javaArguments, runJavaTool, shortJvm } from './java-tools.ts'
import { type KafkaUser, type NodePorts, serverProperties } from './kafka-properties.ts'
import { mustRun } from './run-program.ts'
import { ServerGroup } from './server-group.ts'
import { type Server, startServer } from './server.ts'
import { makeTlsFiles } from './tls-files.ts'

/** How to reach a Kafka of the local stack: plain data that can be handed to another process. */
export type KafkaFacts = {
  /** Without TLS and login: `host:port,…`, the same as `listeners.plain`. */
  readonly bootstrapServers: string
  /** PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL; the SASL ones take PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER. */
  readonly listeners: {
    readonly plain: string
    readonly tls: string
    readonly saslPlain: string
    readonly saslTls: string
  }
  /** PEM path of the authority that signed the broker's certificate. */
  readonly tlsCa: string
  /** PEM paths of a certificate that the TLS listener knows as a user who may do everything. */
  readonly tlsClient: { readonly cert: string; readonly key: string }
  /** May do everything. */
  readonly user: KafkaUser
  /** Logs in, but each of its requests is refused (no ACL allows it anything). */
  readonly restrictedUser: KafkaUser
  readonly users: readonly KafkaUser[]
}

export type KafkaServer = Server &
  KafkaFacts & {
    /** The single nodes, for fault tests; the methods of the server itself act on all of them. */
    readonly nodes: readonly Server[]
  }

export type KafkaOptions = {
  readonly topics?: readonly { readonly topic: string; readonly partitions: number }[]
  /** Number of brokers; the first is also the controller. Default 1. */
  readonly nodes?: number
  /** More or other settings of the brokers. */
  readonly properties?: Readonly<Record<string, string>>
  /** Arguments of the JVM; default: a small heap and a fast start. A benchmark wants others. */
  readonly jvm?: readonly string[]
}

const portsOfNode = 5
const smallJvm = ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/**
 * Starts Kafka on free ports of 127.0.0.1 and waits until it takes requests (about three seconds).
 * Topics are not created by use. @throws Error with the log's path and last lines
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const count = options.nodes ?? 1
  const server = await withFreePorts(
    count * portsOfNode,
    async (ports) => await startOnPorts(ports, count, options),
  )
  for (const { topic, partitions } of options.topics ?? []) {
    const to = ['--bootstrap-server', server.bootstrapServers]
    // oxlint-disable-next-line no-await-in-loop -- each is a JVM: side by side would be slower
    const { code, stdout, stderr } = await runJavaTool('kafka-topics', [
      ...to,
      '--create',
      '--topic',
      topic,
      '--partitions',
      String(partitions),
    ])
    if (code !== 0) {
      await server.stop()
      throw new Error(`kafka-topics could not create ${topic}: ${stdout}${stderr}`)
    }
  }
  return server
}

async function startOnPorts(
  ports: readonly number[],
  count: number,
  options: KafkaOptions,
): Promise<KafkaServer> {
  const root = await mkdtemp(join(tmpdir(), 'pinpipe-kafka-'))
  const started: Server[] = []
  try {
    const [jvm, tls] = await Promise.all([javaArguments('4.1', 'server'), makeTlsFiles(join(root, 'tls'))])
    const user = newUser('pinpipe')
    const restrictedUser = newUser('restricted')
    const allPorts = Array.from({ length: count }, (_, index) => portsOf(ports, index))
    const controllerPort = allPorts[0]?.controller ?? 0
    const clusterId = randomBytes(16).toString('base64url')
    const start = async (nodePorts: NodePorts, index: number): Promise<void> => {
      const folder = join(root, `node-${index + 1}`)
      await mkdir(folder)
      const file = join(folder, 'server.properties')
      const dataFolder = join(folder, 'data')
      const node = {
        nodeId: index + 1,
        nodes: count,
        controllerPort,
        ports: nodePorts,
        dataFolder,
        tls,
        user,
        restrictedUser,
      }
      await writeFile(file, serverProperties({ ...node, properties: options.properties ?? {} }), {
        mode: 0o600,
      })
      const scram = [user, restrictedUser].flatMap((each) =>
        ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
          '--add-scram',
          `${mechanism}=[name=${each.username},password=${each.password}]`,
        ]),
      )
      await mustRun('java', [
        ...shortJvm,
        ...jvm,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        file,
        ...scram,
      ])
      started.push(
        await startServer({
          name: count === 1 ? 'kafka' : `kafka-${index + 1}`,
          folder,
          command: 'java',
          args: [...(options.jvm ?? smallJvm), ...jvm, 'kafka.Kafka', file],
          isReady: (log) => log.includes('Kafka Server started'),
        }),
      )
    }
    const outcomes = await Promise.allSettled(allPorts.map(start))
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure !== undefined) throw failure.reason
    const addresses = (port: keyof NodePorts): string =>
      allPorts.map((each) => `127.0.0.1:${each[port]}`).join(',')
    return Object.assign(
      new ServerGroup(
        'kafka',
        root,
        started.toSorted((a, b) => a.name.localeCompare(b.name)),
      ),
      {
        bootstrapServers: addresses('plain'),
        listeners: {
          plain: addresses('plain'),
          tls: addresses('tls'),
          saslPlain: addresses('saslPlain'),
          saslTls: addresses('saslTls'),
        },
        tlsCa: tls.ca,
        tlsClient: { cert: tls.clientCert, key: tls.clientKey },
        user,
        restrictedUser,
        users: [user, restrictedUser],
      },
    )
  } catch (error) {
    await Promise.all(started.map(async (server) => await server.stop()))
    await rm(join(root, 'tls'), { recursive: true, force: true })
    throw error
  }
}

function portsOf(ports: readonly number[], index: number): NodePorts {
  const [controller = 0, plain = 0, tls = 0, saslPlain = 0, saslTls = 0] = ports.slice(index * portsOfNode)
  return { controller, plain, tls, saslPlain, saslTls }
}

function newUser(username: string): KafkaUser {
  return { username, password: randomBytes(18).toString('base64url') }
}
