import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { type KafkaFacts } from '@pinpipe/local-stack/kafka'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { parseSettings } from '@pinpipe/service/settings'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openAdmin } from './admin.ts'
import { connectionOf, kafkaSettings } from './settings.ts'

const logins = 'org.apache.kafka.common.security'

/** One file for each way to log in that the broker of the stack offers. */
function clientFiles(kafka: KafkaFacts): { brokers: string; text: string }[] {
  const { username, password } = kafka.user
  const jaas = (module: string): string => `sasl.jaas.config=${logins}.${module} required \\
    username="${username}" \\
    password="${password}";\n`
  const trust = `ssl.truststore.type : PEM\nssl.truststore.location\t${kafka.tlsCa}\n`
  const scram = `sasl.mechanism=SCRAM-SHA-512\n${jaas('scram.ScramLoginModule')}`
  const plain = `sasl.mechanism=PLAIN\n${jaas('plain.PlainLoginModule')}`
  return [
    { brokers: kafka.listeners.plain, text: '# nothing\nsecurity.protocol=PLAINTEXT\n' },
    { brokers: kafka.listeners.tls, text: `security.protocol=SSL\n${trust}` },
    { brokers: kafka.listeners.saslPlain, text: `security.protocol=SASL_PLAINTEXT\n${plain}` },
    { brokers: kafka.listeners.saslTls, text: `security.protocol=SASL_SSL\n${scram}${trust}` },
  ]
}

stackTest(
  'one client.properties logs the Java tool and this client in',
  { timeout: 120_000 },
  async ({ kafka }) => {
    const folder = await mkdtemp(join(tmpdir(), 'pinpipe-client-'))
    try {
      const topic = unique('client-properties')
      const path = join(folder, 'client.properties')
      for (const { brokers, text } of clientFiles(kafka)) {
        // oxlint-disable no-await-in-loop -- a JVM each: side by side would be slower
        await writeFile(path, text)
        const to = ['--bootstrap-server', brokers, '--command-config', path]
        const create = ['--create', '--if-not-exists', '--topic', topic, '--partitions', '1']
        expect(await runJavaTool('kafka-topics', [...to, ...create])).toMatchObject({ code: 0 })
        const { settings } = parseSettings(kafkaSettings, { argv: to, env: {} })
        const log = { debug() {}, info() {}, warn() {}, error() {} }
        await using admin = await openAdmin(await connectionOf(settings, { clientId: 'pinpipe-test', log }))
        expect(await admin.listTopics()).toContain(topic)
        // oxlint-enable no-await-in-loop
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
