// What `pnpm stack up` starts for a developer: servers, topics, tables with sample rows, a bucket.
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { createConnection } from 'mysql2/promise'
import { startEmbeddedKafkaServer } from './embedded-kafka.ts'
import { createTopic, startKafka } from './kafka.ts'
import { type MySqlFacts, startMariaDb } from './mariadb.ts'
import { sampleTablesSql } from './sample-tables.ts'
import { type Server } from './server.ts'
import { startVersityGw } from './versitygw.ts'

export type DeveloperStack = {
  /** Variables for the apps, in the order to show. Among them are passwords. */
  readonly variables: Readonly<Record<string, string>>
  readonly servers: readonly Server[]
}

export type DeveloperStackOptions = {
  /** Which Kafka to start, or the addresses of one that runs elsewhere. */
  readonly kafka: 'embedded' | 'apache' | { readonly brokers: string }
  readonly topicPrefix: string
  readonly partitions: number
  /** Number of sample posts: each is one row in each table. */
  readonly rows: number
  readonly bucket: string
  /** Servers that are not started. */
  readonly without: ReadonlySet<'mariadb' | 's3'>
  /** Called as soon as a server runs, so that it is stopped whatever comes next. */
  readonly onServer: (server: Server) => void
}

/** Starts everything side by side and fills it. @throws StartFailure; Error when topics or tables cannot be made */
export async function startDeveloperStack(options: DeveloperStackOptions): Promise<DeveloperStack> {
  const servers: Server[] = []
  const register = <T extends Server>(server: T): T => {
    servers.push(server)
    options.onServer(server)
    return server
  }
  const kafka = async (): Promise<Variables> => {
    const { topicPrefix, partitions } = options
    const topics = catalogue.map((table) => ({ topic: topicOf(topicPrefix, table), partitions }))
    return { KAFKA_BROKERS: await brokersWith(topics, options.kafka, register), TOPIC_PREFIX: topicPrefix }
  }
  const mariadb = async (): Promise<Variables> => {
    if (options.without.has('mariadb')) return {}
    const server = register(await startMariaDb())
    await fillTables(server, options.rows)
    return { MYSQL_URL: server.url, MYSQL_PASSWORD: server.password }
  }
  const s3 = async (): Promise<Variables> => {
    if (options.without.has('s3')) return {}
    const server = register(await startVersityGw())
    await server.createBucket(options.bucket)
    return server.env
  }
  const starting = [kafka(), mariadb(), s3()] as const
  // A server that is still starting when another failed must be known before anybody stops them.
  await Promise.allSettled(starting)
  const [brokers, mysql, aws] = await Promise.all(starting)
  return { variables: { ...brokers, ...mysql, ...aws }, servers }
}

type Variables = Readonly<Record<string, string>>

/** Addresses of a Kafka that has the topics. */
async function brokersWith(
  topics: readonly { readonly topic: string; readonly partitions: number }[],
  kafka: DeveloperStackOptions['kafka'],
  register: <T extends Server>(server: T) => T,
): Promise<string> {
  if (kafka === 'embedded') return register(await startEmbeddedKafkaServer(topics)).bootstrapServers
  const brokers = kafka === 'apache' ? register(await startKafka()).bootstrapServers : kafka.brokers
  await Promise.all(topics.map(async (topic) => await createTopic(brokers, topic)))
  return brokers
}

async function fillTables(mysql: MySqlFacts, posts: number): Promise<void> {
  const { host, port, user, password, database } = mysql
  const connection = await createConnection({ host, port, user, password, database })
  try {
    for (const statement of sampleTablesSql({ seed: 1, posts })) {
      // oxlint-disable-next-line no-await-in-loop -- one connection, in order
      await connection.query(statement)
    }
  } finally {
    await connection.end()
  }
}
