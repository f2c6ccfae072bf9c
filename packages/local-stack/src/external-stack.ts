// Servers that somebody else started (compose, a shared cluster): their addresses come from the environment. Pure.
import { type Environment } from './environment.ts'
import { plainKafka } from './server-facts.ts'
import { type Stack } from './stack.ts'

const names = [
  'KAFKA_BROKERS',
  'MYSQL_URL',
  'MYSQL_PASSWORD',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
] as const

/** The servers of compose.yaml; a test holds the two together. */
export const composeAddresses: Readonly<Record<(typeof names)[number], string>> = {
  KAFKA_BROKERS: '127.0.0.1:19092',
  MYSQL_URL: 'mysql://pinpipe@127.0.0.1:13306/pinpipe',
  MYSQL_PASSWORD: 'pinpipe',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:17070',
  AWS_ACCESS_KEY_ID: 'pinpipe',
  AWS_SECRET_ACCESS_KEY: 'pinpipe-local',
}

/**
 * Reads the addresses of `STACK=external`; when the environment has none at all, they are those of compose.yaml. An
 * external Kafka is used without TLS and login: the other listeners are ''.
 * @throws Error that names every variable that is missing
 */
export function externalStack(env: Environment): Stack {
  const absent = names.filter((name) => (env[name] ?? '') === '')
  if (absent.length === names.length) return externalStack({ ...env, ...composeAddresses })
  if (absent.length > 0) throw new Error(`STACK=external needs ${absent.join(', ')} in the environment`)
  const valueOf = (name: (typeof names)[number]): string => env[name] ?? ''
  const mysqlUrl = valueOf('MYSQL_URL')
  const url = new URL(mysqlUrl)
  const database = url.pathname.slice(1)
  if (url.protocol !== 'mysql:' || url.username === '' || database === '') {
    throw new Error('STACK=external needs MYSQL_URL like mysql://user@host:port/database')
  }
  return {
    mode: 'external',
    missing: [],
    kafka: plainKafka(valueOf('KAFKA_BROKERS')),
    mariadb: {
      url: mysqlUrl,
      host: url.hostname,
      port: url.port === '' ? 3306 : Number(url.port),
      database,
      user: decodeURIComponent(url.username),
      password: valueOf('MYSQL_PASSWORD'),
      unprivileged: { user: '', password: '', url: '' },
    },
    s3: {
      endpoint: valueOf('AWS_ENDPOINT_URL_S3'),
      region: env['AWS_REGION'] ?? 'us-east-1',
      accessKeyId: valueOf('AWS_ACCESS_KEY_ID'),
      secretAccessKey: valueOf('AWS_SECRET_ACCESS_KEY'),
    },
  }
}
