// What `pnpm stack up` starts for a developer: servers, topics, tables with sample rows, a bucket.
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { createConnection } from 'mysql2/promise'
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
  readonly topicPrefix: string
  readonly partitions: number
  /** Number of sample posts: each is one row in each table. */
  readonly rows: number
  readonly bucket: string
  /** Addresses of a Kafka that runs elsewhere; without it Apache Kafka is started. */
  readonly brokers?: string
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
  const kafka = async (): Promise<string> => {
    const { brokers } = options
    const bootstrapServers = brokers ?? register(await startKafka()).bootstrapServers
    const topics = catalogue.map((table) => topicOf(options.topicPrefix, table))
    await Promise.all(
      topics.map(
        async (topic) => await createTopic(bootstrapServers, { topic, partitions: options.partitions }),
      ),
    )
    return bootstrapServers
  }
  const mariadb = async (): Promise<MySqlFacts> => {
    const server = register(await startMariaDb())
    await fillTables(server, options.rows)
    return server
  }
  const s3 = async (): Promise<Readonly<Record<string, string>>> => {
    const server = register(await startVersityGw())
    await server.createBucket(options.bucket)
    return server.env
  }
  const starting = [kafka(), mariadb(), s3()] as const
  // A server that is still starting when another failed must be known before anybody stops them.
  await Promise.allSettled(starting)
  const [brokers, mysql, aws] = await Promise.all(starting)
  return {
    variables: {
      KAFKA_BROKERS: brokers,
      TOPIC_PREFIX: options.topicPrefix,
      MYSQL_URL: mysql.url,
      MYSQL_PASSWORD: mysql.password,
      ...aws,
    },
    servers,
  }
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
