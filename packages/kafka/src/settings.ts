/**
 * The settings that every app has for Kafka, and how they become a connection.
 *
 * A flag (or its variable) wins over the client.properties file, the file wins over the defaults, and where the two
 * contradict each other about security that is a usage problem: nobody should log in another way than they wrote.
 */

import { mskTokenProvider } from '@pinpipe/msk-auth/token-provider'
import { Failure } from '@pinpipe/service/failure'
import { type SettingsOf, type SettingsSpec, types } from '@pinpipe/service/settings'
import { type KafkaConnection, type KafkaLog } from './connection.ts'
import { readPem } from './settings-files.ts'
import { resolveSettings } from './settings-resolution.ts'

const group = 'Kafka'

/** `--auth`'s values, in the order in which `--help` lists them. */
export const authKinds = [
  'none',
  'msk-iam',
  'aws-msk-iam',
  'plain',
  'scram-sha-256',
  'scram-sha-512',
] as const

export const kafkaSettings = {
  brokers: {
    flag: 'brokers',
    aliases: ['bootstrap-server'],
    env: 'KAFKA_BROKERS',
    type: types.list(),
    description: 'The brokers to begin with: host:port,host:port',
    group,
  },
  clientProperties: {
    flag: 'client-properties',
    aliases: ['command-config'],
    env: 'KAFKA_CLIENT_PROPERTIES',
    type: types.file(),
    description:
      'A Java client.properties file; what it says about security is applied as the Java client would',
    group,
  },
  auth: {
    flag: 'auth',
    env: 'KAFKA_AUTH',
    type: types.oneOf(authKinds),
    description: 'How to log in; none unless client.properties says otherwise',
    group,
  },
  tls: {
    flag: 'tls',
    env: 'KAFKA_TLS',
    type: types.boolean(),
    description:
      'Encrypt the connection; always on when --auth is not none. Certificates are always verified',
    group,
  },
  tlsCa: {
    flag: 'tls-ca',
    env: 'KAFKA_TLS_CA',
    type: types.file(),
    description: 'A PEM file with the certificate authorities to trust instead of the built-in ones',
    group,
  },
  username: {
    env: 'KAFKA_USERNAME',
    type: types.text(),
    description: 'The user for plain and scram',
    group,
  },
  password: {
    env: 'KAFKA_PASSWORD',
    type: types.text(),
    description: 'The password for plain and scram',
    secret: true,
    group,
  },
  region: {
    flag: 'region',
    env: 'AWS_REGION',
    type: types.text(),
    description: "The AWS region of the cluster, where the brokers' names do not tell it",
    group,
  },
  roleArn: {
    flag: 'role-arn',
    env: 'AWS_ROLE_ARN',
    type: types.text(),
    description: 'An IAM role to assume for msk-iam',
    group,
  },
  roleSessionName: {
    flag: 'role-session-name',
    env: 'AWS_ROLE_SESSION_NAME',
    type: types.text(),
    description: 'The name of the role session; pinpipe-<client id> unless given',
    group,
  },
  profile: {
    flag: 'profile',
    env: 'AWS_PROFILE',
    type: types.text(),
    description: 'A profile of the shared AWS configuration files, for msk-iam',
    group,
  },
} as const satisfies SettingsSpec

export type KafkaSettings = SettingsOf<typeof kafkaSettings>

/**
 * The connection that the settings describe. Reads client.properties and the PEM files.
 * Throws a Failure with exit 64 that names every problem at once; MskAuthError for an impossible region or session name.
 */
export async function connectionOf(
  settings: KafkaSettings,
  extra: { readonly clientId: string; readonly log: KafkaLog },
): Promise<KafkaConnection> {
  const { resolved, problems } = resolveSettings(settings, extra.clientId)
  if (resolved === undefined) throw new Failure(problems.join('\n'), { exit: 'usage' })
  const { login, tls, clientId } = resolved
  const shared = {
    clientId,
    brokers: resolved.brokers,
    tls: tls === false ? false : await readPem(tls),
    log: extra.log,
  } as const
  if (login.kind === 'none') return shared
  if (login.kind === 'password') {
    const { mechanism, username, password } = login
    return { ...shared, sasl: { mechanism, username, password } }
  }
  return {
    ...shared,
    sasl: { mechanism: 'oauthbearer', token: mskTokenProvider({ ...login.iam, clientId, log: extra.log }) },
  }
}
