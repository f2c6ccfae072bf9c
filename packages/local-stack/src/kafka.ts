// Real Apache Kafka 4.1 (KRaft, controller and broker in one process) without a container.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withFreePorts } from './free-port.ts'
import { javaArguments, runJavaTool, shortJvm } from './java-tools.ts'
import { type KafkaUser, type NodePorts, serverProperties } from './kafka-properties.ts'
import { mustRun } from './run-program.ts'
import { inServerFolder } from './server-folder.ts'
import { ServerGroup } from './server-group.ts'
import { newSecret } from './secrets.ts'
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
  /** Port of the first node's PLAINTEXT listener; all others are free ports. */
  readonly port?: number
  /** More or other settings of the brokers. */
  readonly properties?: Readonly<Record<string, string>>
  /** Arguments of the JVM; default: a small heap and a fast start. A benchmark wants others. */
  readonly jvm?: readonly string[]
}

const portsOfNode = 5
const smallJvm = ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/**
 * Starts Kafka on free ports of 127.0.0.1 and waits until it takes requests (about three seconds).
 * Topics are not created by use.
 * @throws AddressInUse when the given port is taken; StartFailure with the log's path and last lines
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const count = options.nodes ?? 1
  const server = await withFreePorts(
    count * portsOfNode,
    async (ports) => await inServerFolder('kafka', async (folder) => await startIn(folder, ports, options)),
    options.port === undefined ? {} : { port: options.port },
  )
  try {
    await createTopics(server, options.topics ?? [])
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

async function startIn(
  folder: string,
  ports: readonly number[],
  options: KafkaOptions,
): Promise<KafkaServer> {
  const count = options.nodes ?? 1
  const [jvm, tls] = await Promise.all([javaArguments('4.1', 'server'), makeTlsFiles(join(folder, 'tls'))])
  const user = newUser('pinpipe')
  const restrictedUser = newUser('restricted')
  const nodePorts = Array.from({ length: count }, (_, index) => portsOf(ports, index))
  const common = {
    nodes: count,
    controllerPort: nodePorts[0]?.controller ?? 0,
    tls,
    user,
    restrictedUser,
    properties: options.properties ?? {},
  }
  const clusterId = randomBytes(16).toString('base64url')
  const startNode = async (own: NodePorts, index: number): Promise<Server> => {
    const nodeFolder = join(folder, `node-${index + 1}`)
    await mkdir(nodeFolder)
    const file = join(nodeFolder, 'server.properties')
    const settings = { ...common, nodeId: index + 1, ports: own, dataFolder: join(nodeFolder, 'data') }
    await writeFile(file, serverProperties(settings), { mode: 0o600 })
    // With `=`: an id may begin with a hyphen, and would be taken for a flag.
    const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', file]
    await mustRun('java', [...shortJvm, ...jvm, ...format, ...scramLogins([user, restrictedUser])])
    return await startServer({
      name: count === 1 ? 'kafka' : `kafka-${index + 1}`,
      folder: nodeFolder,
      removeWhenOrphan: folder,
      command: 'java',
      args: [...(options.jvm ?? smallJvm), ...jvm, 'kafka.Kafka', file],
      isReady: (log) => log.includes('Kafka Server started'),
    })
  }
  const nodes = await allOrNone(nodePorts.map(startNode))
  const addresses = (port: keyof NodePorts): string =>
    nodePorts.map((own) => `127.0.0.1:${own[port]}`).join(',')
  const plain = addresses('plain')
  return Object.assign(new ServerGroup('kafka', folder, nodes), {
    bootstrapServers: plain,
    listeners: {
      plain,
      tls: addresses('tls'),
      saslPlain: addresses('saslPlain'),
      saslTls: addresses('saslTls'),
    },
    tlsCa: tls.ca,
    tlsClient: { cert: tls.clientCert, key: tls.clientKey },
    user,
    restrictedUser,
    users: [user, restrictedUser],
  })
}

/** All servers, or none and the first failure. */
async function allOrNone(starts: readonly Promise<Server>[]): Promise<readonly Server[]> {
  const outcomes = await Promise.allSettled(starts)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (failure === undefined) return started
  await Promise.all(started.map(async (server) => await server.stop({ keepLog: true })))
  throw failure.reason
}

async function createTopics(server: KafkaFacts, topics: NonNullable<KafkaOptions['topics']>): Promise<void> {
  await Promise.all(topics.map(async (topic) => await createTopic(server.bootstrapServers, topic)))
}

/** Creates a topic unless it exists, by Kafka's own tool. @throws Error with what the tool says */
export async function createTopic(
  bootstrapServers: string,
  { topic, partitions }: { readonly topic: string; readonly partitions: number },
): Promise<void> {
  const create = ['--bootstrap-server', bootstrapServers, '--create', '--if-not-exists']
  const args = [...create, '--topic', topic, '--partitions', String(partitions)]
  const { code, stdout, stderr } = await runJavaTool('kafka-topics', args)
  if (code !== 0) throw new Error(`The topic ${topic} could not be created: ${stdout}${stderr}`)
}

function scramLogins(users: readonly KafkaUser[]): readonly string[] {
  const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512']
  return users.flatMap(({ username, password }) =>
    mechanisms.flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${username},password=${password}]`,
    ]),
  )
}

function portsOf(ports: readonly number[], index: number): NodePorts {
  const [plain = 0, controller = 0, tls = 0, saslPlain = 0, saslTls = 0] = ports.slice(index * portsOfNode)
  return { controller, plain, tls, saslPlain, saslTls }
}

function newUser(username: string): KafkaUser {
  return { username, password: newSecret() }
}
