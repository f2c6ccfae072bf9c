// What a test with servers imports: the servers of this run as fixtures. A test that asks for a missing one is skipped.
import { randomBytes } from 'node:crypto'
import { inject, test } from 'vitest'
import { type KafkaFacts } from './kafka.ts'
import { type MySqlFacts } from './mariadb.ts'
import { type ServerName } from './prerequisites.ts'
import { type S3Access, type S3Facts } from './s3-access.ts'
import { type Stack } from './stack.ts'

export type StackFixtures = {
  kafka: KafkaFacts
  /** The same with TLS and SASL listeners: an external or embedded Kafka has none here, and the test is skipped. */
  securedKafka: KafkaFacts
  /** `createDatabase` makes an empty database for this test and returns its URL. */
  mariadb: MySqlFacts & { createDatabase(name: string): Promise<string> }
  /** `createBucket`, `list`, `get`, `put` and `env`, the variables for an AWS SDK. */
  s3: S3Facts & S3Access
}

/** A name that no other test has: `pin-3f9c01ab77`. Fits a topic, a bucket and (quoted) a database. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`
}

type Skip = (note?: string) => never

function need(server: ServerName, skip: Skip): Stack {
  const stack: Stack = inject('stack')
  if (stack.mode === 'embedded' && server !== 'kafka')
    throw new Error(
      'A `.kafka.test.ts` has a Kafka and nothing else: this test belongs into a `.stack.test.ts`.',
    )
  if (stack.missing.includes(server)) skip(`${server} is missing`)
  return stack
}

// The clients of MariaDB and S3 are loaded by the tests that use them only: they take long.

/** `stackTest('title', async ({ kafka, mariadb, s3 }) => …)`: only the servers that the test names are needed. */
export const stackTest = test.extend<StackFixtures>({
  kafka: async ({ skip }, use) => {
    await use(need('kafka', skip).kafka)
  },
  securedKafka: async ({ skip }, use) => {
    const { kafka, mode } = need('kafka', skip)
    if (kafka.listeners.saslTls === '') skip(`the ${mode} Kafka has no TLS and SASL listeners`)
    await use(kafka)
  },
  mariadb: async ({ skip }, use) => {
    const facts = need('mariadb', skip).mariadb
    const { createMySqlDatabase } = await import('./mariadb.ts')
    await use({ ...facts, createDatabase: async (name) => await createMySqlDatabase(facts, name) })
  },
  s3: async ({ skip }, use) => {
    const facts = need('s3', skip).s3
    const { s3Access } = await import('./s3-access.ts')
    await use({ ...facts, ...s3Access(facts) })
  },
})
