/**
 * Brokers that cannot be reached, do not speak what was expected, or refuse who asks. Long because it is one table.
 */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { describe, expect } from 'vitest'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { blackHole, closedAddress, misheardBroker } from './broken-servers.ts'
import { createTopics } from './kafka.ts'
import type { App } from './run-app.ts'
import { expectUnhappy, propertiesFile, topicNames } from './unhappy-paths.ts'

const apps: readonly App[] = ['producer', 'consumer', 'topic-admin']

/** A command of each app that needs nothing but the cluster. */
const commandOf = (app: App, prefix = 'p'): readonly string[] =>
  ({
    producer: ['--source', 'generate:3', '--topic-prefix', prefix],
    consumer: ['--topic-prefix', prefix, '--group', 'unhappy', '--lake', 'dir:/dev/shm/pinpipe-unhappy'],
    'topic-admin': ['list'],
  })[app]

/** What the Java client would be told; the apps wait for a cluster as long as this says. */
const impatient = ['default.api.timeout.ms=1500']

describe('kafka, not reachable', () => {
  stackTest.concurrent.for(apps)('%s, nobody listens', async (app) => {
    const address = await closedAddress()
    await using file = await propertiesFile(impatient)
    await expectUnhappy({
      app,
      args: [...commandOf(app), '--brokers', address, '--client-properties', file.path],
      exit: 5,
      cause: `could not connect to Kafka: nothing listens at ${address};`,
      remedy: 'check --brokers, and that the broker runs',
    })
  })

  stackTest.concurrent.for(apps)('%s, a broker that never answers', async (app) => {
    await using hole = await blackHole()
    await using file = await propertiesFile(impatient)
    await expectUnhappy({
      app,
      args: [...commandOf(app), '--brokers', hole.address, '--client-properties', file.path],
      exit: 5,
      cause: `could not connect to Kafka: ${hole.address} did not answer in time;`,
      remedy: 'try again, and look at the broker and the network if it stays',
    })
    expect(hole.calls()).toBeGreaterThan(0)
  })

  stackTest.concurrent.for(apps)('%s, a name that does not resolve', async (app) => {
    await using file = await propertiesFile(impatient)
    await expectUnhappy({
      app,
      // RFC 6761: no name below .invalid ever resolves.
      args: [...commandOf(app), '--brokers', 'kafka.invalid:9092', '--client-properties', file.path],
      exit: 5,
      cause: 'could not connect to Kafka: the host name of kafka.invalid:9092 is not known;',
      remedy: 'check --brokers, and the name server',
    })
  })
})

describe('kafka, TLS', () => {
  stackTest.concurrent.for(apps)('%s, TLS to a port without it', async (app, { kafka }) => {
    await expectUnhappy({
      app,
      args: [...commandOf(app), '--brokers', kafka.listeners.plain, '--tls'],
      exit: 5,
      cause: `could not connect to Kafka: ${kafka.listeners.plain} does not speak TLS on this port;`,
      remedy: 'use --no-tls, or the TLS port of the broker',
    })
  })

  stackTest.concurrent.for(apps)('%s, no TLS to a port with it', async (app, { securedKafka: kafka }) => {
    await expectUnhappy({
      app,
      args: [...commandOf(app), '--brokers', kafka.listeners.tls],
      exit: 5,
      cause: `could not connect to Kafka: ${kafka.listeners.tls} speaks TLS on this port;`,
      remedy: 'use --tls, or the plaintext port',
    })
  })

  stackTest.concurrent('an authority that is not trusted', async ({ securedKafka: kafka }) => {
    await expectUnhappy({
      app: 'topic-admin',
      args: ['list', '--brokers', kafka.listeners.tls, '--tls'],
      exit: 5,
      cause: `could not connect to Kafka: the certificate of ${kafka.listeners.tls} comes from an authority that is not trusted here;`,
      remedy: 'give its CA file with --tls-ca',
    })
  })

  stackTest.concurrent('a CA file with another authority', async ({ securedKafka: kafka }) => {
    await expectUnhappy({
      app: 'consumer',
      // The client's certificate signed nothing.
      args: [...commandOf('consumer'), '--brokers', kafka.listeners.tls, '--tls-ca', kafka.tlsClient.cert],
      exit: 5,
      cause: `could not connect to Kafka: the certificate of ${kafka.listeners.tls} comes from an authority that is not trusted here;`,
      remedy: 'give its CA file with --tls-ca',
    })
  })
})

describe('kafka, the login', () => {
  const refused = 'check KAFKA_USERNAME, KAFKA_PASSWORD and --auth'

  stackTest.concurrent.for([
    ['producer', 'plain', 'a wrong password', 'pinpipe'],
    ['consumer', 'scram-sha-512', 'a wrong password', 'pinpipe'],
    ['topic-admin', 'scram-sha-256', 'an unknown user', 'nobody'],
    ['producer', 'scram-sha-512', 'an unknown user', 'nobody'],
  ] as const)('%s with %s, %s', async ([app, auth, , username], { securedKafka: kafka }) => {
    const broker = kafka.listeners.saslTls
    await expectUnhappy({
      app,
      args: [...commandOf(app), '--brokers', broker, '--auth', auth, '--tls-ca', kafka.tlsCa],
      env: { KAFKA_USERNAME: username, KAFKA_PASSWORD: unique('canary') },
      exit: 4,
      cause: `could not connect to Kafka: ${broker} refused the login (${auth});`,
      remedy: refused,
    })
  })

  stackTest.concurrent('a wrong password in client.properties', async ({ securedKafka: kafka }) => {
    const password = unique('canary')
    await using file = await propertiesFile([
      'security.protocol=SASL_PLAINTEXT',
      'sasl.mechanism=PLAIN',
      `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="pinpipe" password="${password}";`,
    ])
    await expectUnhappy({
      app: 'topic-admin',
      args: ['list', '--brokers', kafka.listeners.saslPlain, '--command-config', file.path],
      exit: 4,
      cause: `could not connect to Kafka: ${kafka.listeners.saslPlain} refused the login (plain);`,
      remedy: refused,
      secrets: [password],
    })
  })

  stackTest.concurrent('a login where the port expects none', async ({ securedKafka: kafka }) => {
    await using file = await propertiesFile(['security.protocol=SASL_PLAINTEXT', 'sasl.mechanism=PLAIN'])
    await expectUnhappy({
      app: 'topic-admin',
      args: ['list', '--brokers', kafka.listeners.plain, '--command-config', file.path],
      env: { KAFKA_USERNAME: kafka.user.username, KAFKA_PASSWORD: kafka.user.password },
      exit: 4,
      cause: 'could not connect to Kafka: the broker does not expect a login on this port;',
      remedy: "use --auth none, or the broker's SASL port",
    })
  })

  stackTest.concurrent('no login where the port expects one', async ({ securedKafka: kafka }) => {
    await using file = await propertiesFile(impatient)
    const broker = kafka.listeners.saslPlain
    await expectUnhappy({
      app: 'producer',
      args: [...commandOf('producer'), '--brokers', broker, '--client-properties', file.path],
      exit: 5,
      cause: `could not connect to Kafka: ${broker} closed the connection;`,
      remedy: 'the port may want TLS (--tls) or a login (--auth)',
    })
  })

  stackTest.concurrent('a mechanism that the broker does not offer', async ({ securedKafka: kafka }) => {
    await using file = await propertiesFile([
      'security.protocol=SASL_PLAINTEXT',
      'sasl.mechanism=SCRAM-SHA-256',
    ])
    await using broker = await misheardBroker(kafka.listeners.saslPlain, 'SCRAM-SHA-256', 'SCRAM-SHA-999')
    await expectUnhappy({
      app: 'topic-admin',
      args: ['list', '--brokers', broker.address, '--command-config', file.path],
      env: { KAFKA_USERNAME: kafka.user.username, KAFKA_PASSWORD: kafka.user.password },
      exit: 4,
      cause: `could not connect to Kafka: ${broker.address} does not offer the login scram-sha-256;`,
      remedy: 'choose another --auth, or the port that offers it',
    })
  })

  stackTest.concurrent.for(apps)(
    '%s, msk-iam without any credentials',
    async (app, { securedKafka: kafka }) => {
      const login = ['--auth', 'msk-iam', '--region', 'eu-west-1', '--tls-ca', kafka.tlsCa]
      await expectUnhappy({
        app,
        args: [...commandOf(app), '--brokers', kafka.listeners.saslTls, ...login],
        exit: 4,
        cause: 'could not connect to Kafka: no AWS credentials from the default AWS credential chain:',
        remedy:
          'set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached',
      })
    },
  )
})

const asRestricted = (restricted: { readonly username: string; readonly password: string }) => ({
  KAFKA_USERNAME: restricted.username,
  KAFKA_PASSWORD: restricted.password,
})

describe('kafka, rights', () => {
  stackTest.concurrent('the producer may not write', async ({ securedKafka: kafka }) => {
    const prefix = unique('denied')
    await createTopics(kafka.bootstrapServers, [`${prefix}.pin`, `${prefix}.geo`, `${prefix}.user`], 1)
    await expectUnhappy({
      app: 'producer',
      args: [
        ...commandOf('producer', prefix),
        '--brokers',
        kafka.listeners.saslTls,
        '--auth',
        'plain',
        '--tls-ca',
        kafka.tlsCa,
      ],
      env: asRestricted(kafka.restrictedUser),
      exit: 4,
      cause: 'could not open a producer: the login is not allowed to use the cluster in this way;',
      remedy: 'grant it IDEMPOTENT_WRITE on the cluster',
    })
  })

  stackTest.concurrent('the consumer may not read', async ({ securedKafka: kafka }) => {
    const prefix = unique('denied')
    await expectUnhappy({
      app: 'consumer',
      args: [
        ...commandOf('consumer', prefix),
        '--brokers',
        kafka.listeners.saslTls,
        '--auth',
        'scram-sha-512',
        '--tls-ca',
        kafka.tlsCa,
      ],
      env: asRestricted(kafka.restrictedUser),
      exit: 4,
      cause: `could not describe topic ${prefix}.pin: the login is not allowed to use the topic;`,
      remedy: 'grant it DESCRIBE on the topic, or correct the topic name',
    })
  })

  stackTest.concurrent('topic-admin may not create', async ({ securedKafka: kafka }) => {
    const topic = unique('denied')
    await expectUnhappy({
      app: 'topic-admin',
      args: [
        'create',
        topic,
        '--brokers',
        kafka.listeners.saslTls,
        '--auth',
        'scram-sha-256',
        '--tls-ca',
        kafka.tlsCa,
      ],
      env: asRestricted(kafka.restrictedUser),
      exit: 4,
      cause: `${topic}: could not create topic ${topic}: the login is not allowed to use the topic;`,
      remedy: 'grant it CREATE on the topic, or correct the topic name',
      unchanged: async () => (await topicNames(kafka.bootstrapServers)).includes(topic),
    })
  })
})

describe('kafka, topics that are not there', () => {
  stackTest.concurrent('of the producer', async ({ kafka }) => {
    const prefix = unique('none')
    const names = [`${prefix}.pin`, `${prefix}.geo`, `${prefix}.user`]
    await expectUnhappy({
      app: 'producer',
      args: [...commandOf('producer', prefix), '--brokers', kafka.bootstrapServers],
      exit: 1,
      cause: `the topics ${names.join(', ')} do not exist on ${kafka.bootstrapServers}: correct the name, or create them with`,
      remedy: `topic-admin: topics apply --brokers ${kafka.bootstrapServers} --topic-prefix ${prefix}`,
      unchanged: async () =>
        (await topicNames(kafka.bootstrapServers)).filter((topic) => names.includes(topic)),
    })
  })

  const consume = ['--group', 'unhappy', '--lake', 'dir:/dev/shm/pinpipe-unhappy', '--brokers']

  stackTest.concurrent('in a list of the consumer, one of two', async ({ kafka }) => {
    const [there, missing] = [unique('there'), unique('none')]
    await createTopics(kafka.bootstrapServers, [there], 1)
    await expectUnhappy({
      app: 'consumer',
      args: ['--topics', `${there},${missing}`, ...consume, kafka.bootstrapServers],
      exit: 1,
      cause: `the topic ${missing} does not exist on ${kafka.bootstrapServers}: correct the name, or create it with`,
      remedy: `topic-admin: topics create --brokers ${kafka.bootstrapServers} ${missing}`,
      unchanged: async () => (await topicNames(kafka.bootstrapServers)).includes(missing),
    })
  })

  stackTest.concurrent('below a prefix of the consumer', async ({ kafka }) => {
    const prefix = unique('none')
    await expectUnhappy({
      app: 'consumer',
      args: ['--topic-prefix', prefix, ...consume, kafka.bootstrapServers],
      exit: 1,
      cause: `the topics ${prefix}.pin, ${prefix}.geo, ${prefix}.user do not exist on ${kafka.bootstrapServers}: correct the name, or create them with`,
      remedy: `topic-admin: topics apply --brokers ${kafka.bootstrapServers} --topic-prefix ${prefix}`,
    })
  })

  stackTest.concurrent('for an expression of the consumer', async ({ kafka }) => {
    const name = unique('none')
    await expectUnhappy({
      app: 'consumer',
      args: ['--topics-regex', `${name}.*`, ...consume, kafka.bootstrapServers],
      exit: 1,
      cause: `no topic fits --topics-regex ${name}.* (the whole name has to):`,
      remedy: `look at the names with topic-admin: topics list --brokers ${kafka.bootstrapServers}`,
    })
  })
})
