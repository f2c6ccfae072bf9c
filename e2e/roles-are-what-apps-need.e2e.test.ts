/**
 * Each app runs as a user of its own on a Kafka that allows it exactly what its IAM role would: AWS says to which ACL each IAM
 * action is equivalent. What it sends is counted, and has to be what the table of roles says that it sends.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KafkaProxy, startKafkaProxy } from '@pinpipe/kafka/testing/kafka-proxy'
import { until } from '@pinpipe/kafka/testing/kafka-topic'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { type KafkaFacts, startKafka } from '@pinpipe/local-stack/kafka'
import { newSecret } from '@pinpipe/local-stack/secrets'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { type AppOptions, callsOf, grantsOf } from '@pinpipe/msk-auth/app-grants'
import { type KafkaCall, kafkaActions, kafkaCalls } from '@pinpipe/msk-auth/kafka-actions'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { expect } from 'vitest'
import { type App, runApp, startApp } from './run-app.ts'

const apps: readonly App[] = ['topic-admin', 'producer', 'consumer']
const options: AppOptions = { allowTopicDeletion: true }
const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
const highestApiKey = 127

// What topic-admin is allowed for commands that do not exist yet: alter configurations, peek, groups, doctor.
const notYet: readonly KafkaCall[] = [
  ...(['AlterConfigs (topic)', 'Fetch', 'ListOffsets', 'DescribeCluster'] as const),
  ...(['ListGroups', 'DescribeGroups', 'FindCoordinator (group)', 'OffsetFetch'] as const),
]

stackTest(
  'each app works with the ACLs of its role, and sends what the role is made for',
  { timeout: 180_000 },
  // The fixture is asked for so that the test is skipped where Kafka cannot start.
  async ({ kafka: { bootstrapServers: needed }, onTestFinished }) => {
    expect(needed).not.toBe('')
    const folder = await mkdtemp(join(tmpdir(), 'pinpipe-roles-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const passwords = new Map(apps.map((app) => [app, newSecret()]))
    const users = apps.map((app) => `user_${app}="${passwords.get(app)}"`).join(' ')
    await using kafka = await startKafka({
      properties: { 'listener.name.sasl_plain.plain.sasl.jaas.config': `${login} ${users};` },
    })
    const prefix = unique('roles')
    const topics = catalogue.map((table) => topicOf(prefix, table))
    await Promise.all(apps.map((app) => allow(kafka, app, { topics, group: prefix })))

    await using proxies = new AsyncDisposableStack()
    const opened = new Map<App, { proxy: KafkaProxy; env: Readonly<Record<string, string>> }>()
    for (const app of apps) {
      // oxlint-disable-next-line no-await-in-loop -- three of them
      const proxy = proxies.use(await startKafkaProxy(kafka.listeners.saslPlain))
      const file = join(folder, `${app}.properties`)
      const jaas = `sasl.jaas.config=${login} username="${app}" password="${passwords.get(app)}";`
      const text = `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n${jaas}\n`
      // oxlint-disable-next-line no-await-in-loop
      await writeFile(file, text, { mode: 0o600 })
      const env = { KAFKA_BROKERS: proxy.address, KAFKA_CLIENT_PROPERTIES: file, TOPIC_PREFIX: prefix }
      opened.set(app, { proxy, env })
    }
    const run = async (app: App, ...args: readonly string[]): Promise<void> => {
      expect(await runApp(app, args, { env: opened.get(app)!.env })).toMatchObject({ exit: 0 })
    }

    await run('topic-admin', 'apply', '--partitions', '2', '--yes')
    await run('producer', '--source', 'generate:50')
    const lake = `dir:${join(folder, 'lake')}`
    const consumer = startApp('consumer', ['--lake', lake, '--group', prefix, '--max-age', '1s'], {
      env: opened.get('consumer')!.env,
    })
    const { proxy } = opened.get('consumer')!
    for (const call of ['Heartbeat', 'OffsetCommit'] as const) {
      // oxlint-disable-next-line no-await-in-loop
      await until(call, () => proxy.requests(kafkaCalls[call].apiKey) > 0)
    }
    consumer.signal('SIGTERM')
    expect(await consumer.done).toMatchObject({ exit: 0 })
    await run('topic-admin', 'list')
    await run('topic-admin', 'describe', ...topics)
    const more = ['--partitions', '3', '--allow-keyed-partition-increase'] as const
    await run('topic-admin', 'alter', topics[0]!, ...more)
    await run('topic-admin', 'delete', ...topics, '--yes', '--confirm-name', topics.join(','))

    const sent = apps.map((app) => ({ app, apiKeys: sentThrough(opened.get(app)!.proxy) }))
    const expected = apps.map((app) => ({ app, apiKeys: keysOf(app) }))
    expect(sent).toEqual(expected)
  },
)

/** Gives the user of that name the ACLs that are equivalent to the actions of its role. */
async function allow(
  kafka: KafkaFacts,
  app: App,
  on: { readonly topics: readonly string[]; readonly group: string },
): Promise<void> {
  const granted = grantsOf(app, options)
  const resources = {
    topic: on.topics.flatMap((topic) => ['--topic', topic]),
    group: ['--group', on.group],
    cluster: ['--cluster'],
  }
  for (const kind of ['topic', 'group', 'cluster'] as const) {
    const acls = granted[kind].flatMap((action) => kafkaActions[action].acl ?? [])
    if (acls.length === 0) continue
    const operations = acls.flatMap((acl) => ['--operation', operationOf(acl)])
    const who = ['--bootstrap-server', kafka.bootstrapServers, '--add', '--allow-principal', `User:${app}`]
    // oxlint-disable-next-line no-await-in-loop -- one JVM after the other
    const outcome = await runJavaTool('kafka-acls', [...who, ...operations, ...resources[kind]])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
  }
}

/** `DESCRIBE_CONFIGS TOPIC` as kafka-acls writes the operation: `DescribeConfigs`. */
function operationOf(acl: string): string {
  const [operation = ''] = acl.toLowerCase().split(' ')
  return operation.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** The keys of the APIs that the table says an app calls today. */
function keysOf(app: App): readonly number[] {
  const today = callsOf(app, options).filter((call) => app !== 'topic-admin' || !notYet.includes(call))
  return [...new Set(today.map((call) => kafkaCalls[call].apiKey))].toSorted((a, b) => a - b)
}

/** The keys of the APIs that were called through the proxy. */
function sentThrough(proxy: KafkaProxy): readonly number[] {
  return Array.from({ length: highestApiKey + 1 }, (_, apiKey) => apiKey).filter(
    (apiKey) => proxy.requests(apiKey) > 0,
  )
}
