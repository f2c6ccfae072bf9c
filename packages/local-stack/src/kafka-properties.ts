// The settings of one Kafka node of the local stack, as server.properties. Pure.
import { type TlsFiles } from './tls-files.ts'

export type KafkaUser = { readonly username: string; readonly password: string }

export type NodePorts = {
  readonly controller: number
  readonly plain: number
  readonly tls: number
  readonly saslPlain: number
  readonly saslTls: number
}

export type NodeSettings = {
  readonly nodeId: number
  /** Number of nodes; node 1 is the controller, all are brokers. */
  readonly nodes: number
  readonly controllerPort: number
  readonly ports: NodePorts
  readonly dataFolder: string
  readonly tls: TlsFiles
  /** May do everything. */
  readonly user: KafkaUser
  /** Logs in and may do nothing: each of its requests ends in an authorization failure. */
  readonly restrictedUser: KafkaUser
  /** More or other settings of the broker. */
  readonly properties: Readonly<Record<string, string>>
}

const host = '127.0.0.1'
const kafkaLogin = 'org.apache.kafka.common.security'

/** The text of server.properties. */
export function serverProperties(node: NodeSettings): string {
  const isController = node.nodeId === 1
  const listeners = [
    `PLAIN://${host}:${node.ports.plain}`,
    `TLS://${host}:${node.ports.tls}`,
    `SASL_PLAIN://${host}:${node.ports.saslPlain}`,
    `SASL_TLS://${host}:${node.ports.saslTls}`,
  ]
  const copies = String(Math.min(node.nodes, 3))
  const properties: Record<string, string> = {
    'node.id': String(node.nodeId),
    'process.roles': isController ? 'broker,controller' : 'broker',
    'controller.quorum.voters': `1@${host}:${node.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    listeners: [...listeners, ...(isController ? [`CONTROLLER://${host}:${node.controllerPort}`] : [])].join(
      ',',
    ),
    'advertised.listeners': listeners.join(','),
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,TLS:SSL,SASL_PLAIN:SASL_PLAINTEXT,SASL_TLS:SASL_SSL',
    'log.dirs': node.dataFolder,
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'default.replication.factor': copies,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '5',
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': '1',
    // A test's group need not wait for other members.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // A broker that was killed may register again once its old session is over: nine seconds by default.
    'broker.session.timeout.ms': '6000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    // The default of 128 MiB does not fit into the small heap.
    'log.cleaner.dedupe.buffer.size': String(4 * 1024 * 1024),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': node.tls.serverKeyStore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': node.tls.ca,
    'listener.name.tls.ssl.client.auth': 'requested',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    ...loginOf('sasl_plain', node),
    ...loginOf('sasl_tls', node),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:CN=pinpipe-client;User:${node.user.username}`,
    ...node.properties,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** The logins of one listener: PLAIN and SCRAM users; OAUTHBEARER takes unsigned JWTs only and challenges all else. */
function loginOf(listener: string, node: NodeSettings): Record<string, string> {
  const users = [node.user, node.restrictedUser].map((user) => `user_${user.username}="${user.password}"`)
  const prefix = `listener.name.${listener}`
  return {
    [`${prefix}.plain.sasl.jaas.config`]: `${kafkaLogin}.plain.PlainLoginModule required ${users.join(' ')};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: `${kafkaLogin}.scram.ScramLoginModule required;`,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: `${kafkaLogin}.scram.ScramLoginModule required;`,
    [`${prefix}.oauthbearer.sasl.jaas.config`]: `${kafkaLogin}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  }
}
