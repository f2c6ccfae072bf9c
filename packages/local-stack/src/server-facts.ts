// What others are told of the servers: plain data that can be handed to another process. Pure.
import { type KafkaFacts } from './kafka.ts'
import { type MySqlFacts } from './mariadb.ts'
import { type S3Facts } from './s3-access.ts'
import { type Stack } from './stack.ts'

const nobody = { username: '', password: '' }

/** A Kafka that has neither TLS nor logins. */
export function plainKafka(bootstrapServers: string): KafkaFacts {
  return {
    bootstrapServers,
    listeners: { plain: bootstrapServers, tls: '', saslPlain: '', saslTls: '' },
    tlsCa: '',
    tlsClient: { cert: '', key: '' },
    user: nobody,
    restrictedUser: nobody,
    users: [],
  }
}

/** What a test of `.kafka.test.ts` gets: a Kafka and nothing else. */
export function embeddedStack(bootstrapServers: string): Stack {
  return {
    mode: 'embedded',
    missing: ['mariadb', 's3'],
    kafka: plainKafka(bootstrapServers),
    mariadb: mariaDbFacts(undefined),
    s3: s3Facts(undefined),
  }
}

// Picked by hand: the handles also carry functions, which cannot be handed on. A missing server has empty strings.

export function kafkaFacts(kafka: KafkaFacts | undefined): KafkaFacts {
  if (kafka === undefined) return plainKafka('')
  const { bootstrapServers, listeners, tlsCa, tlsClient, user, restrictedUser, users } = kafka
  return { bootstrapServers, listeners, tlsCa, tlsClient, user, restrictedUser, users }
}

export function mariaDbFacts(mariadb: MySqlFacts | undefined): MySqlFacts {
  return {
    url: mariadb?.url ?? '',
    host: mariadb?.host ?? '',
    port: mariadb?.port ?? 0,
    database: mariadb?.database ?? '',
    user: mariadb?.user ?? '',
    password: mariadb?.password ?? '',
    unprivileged: mariadb?.unprivileged ?? { user: '', password: '', url: '' },
  }
}

export function s3Facts(s3: S3Facts | undefined): S3Facts {
  return {
    endpoint: s3?.endpoint ?? '',
    region: s3?.region ?? '',
    accessKeyId: s3?.accessKeyId ?? '',
    secretAccessKey: s3?.secretAccessKey ?? '',
  }
}
