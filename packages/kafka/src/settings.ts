/**
 * The settings that every app has for Kafka, and how they become a connection.
 *
 * settings-resolution.ts decides what wins; this file reads what they name and opens nothing.
 */

import { mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { UsageFailure } from '@pinpipe/service/failure'
import { processRedactor } from '@pinpipe/service/redaction'
import { settingsSpec, type SettingsOf, types } from '@pinpipe/service/settings'
import { readClientProperties } from './client-properties.ts'
import { type KafkaConnection, type KafkaLog, type KafkaSasl } from './connection.ts'
import { readTls } from './settings-files.ts'
import { type Login, type ResolvedSettings, resolveSettings } from './settings-resolution.ts'

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

export const kafkaSettings = settingsSpec({
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
  webIdentityTokenFile: {
    env: 'AWS_WEB_IDENTITY_TOKEN_FILE',
    type: types.file(),
    description: 'The token file of a pod: AWS_ROLE_ARN is then the role that it is exchanged for',
    hidden: true,
    group,
  },
})

export type KafkaSettings = SettingsOf<typeof kafkaSettings>

/**
 * The connection that the settings describe. Reads client.properties and the PEM files; asks nobody yet for credentials.
 * Throws UsageFailure (exit 64) with every problem at once, and MskAuthError (exit 64) for a region or a session name
 * that cannot be.
 */
export async function connectionOf(
  settings: KafkaSettings,
  extra: { readonly clientId: string; readonly log: KafkaLog },
): Promise<KafkaConnection> {
  const file =
    settings.clientProperties === undefined
      ? undefined
      : await readClientProperties(settings.clientProperties)
  const { resolved, problems } = resolveSettings(settings, file)
  if (resolved === undefined) throw new UsageFailure(problems)
  registerSecrets(resolved)
  const { log } = extra
  for (const note of file?.notes ?? []) log.info({ file: settings.clientProperties }, note)
  for (const warning of resolved.warnings) log.warn({}, warning)
  if (file !== undefined && file.ignored.length > 0) {
    log.info(
      { file: settings.clientProperties, ignored: file.ignored },
      'client properties that have no effect here',
    )
  }
  const clientId = file?.clientId ?? extra.clientId
  const sasl = saslOf(resolved.login, clientId, log)
  return {
    clientId,
    brokers: resolved.brokers,
    tls: resolved.tls === false ? false : await readTls(resolved.tls),
    ...(sasl === undefined ? {} : { sasl }),
    ...(file?.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: file.requestTimeoutMs }),
    ...(file?.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: file.connectTimeoutMs }),
    log,
  }
}

/** What came out of client.properties is a secret that parseSettings has not seen. */
function registerSecrets({ login, tls }: ResolvedSettings): void {
  const { secretAccessKey, sessionToken } = (login.kind === 'iam' && login.iam.roleKeys) || {}
  const password = login.kind === 'password' ? login.password : undefined
  const passphrase = tls === false ? undefined : tls.passphrase
  for (const secret of [password, passphrase, secretAccessKey, sessionToken]) {
    if (secret !== undefined) processRedactor.register(secret)
  }
}

const onSecret = (secret: string): void => processRedactor.register(secret)

function saslOf(login: Login, clientId: string, log: KafkaLog): KafkaSasl | undefined {
  if (login.kind === 'none') return undefined
  if (login.kind === 'iam') {
    const mechanism = login.auth === 'msk-iam' ? 'OAUTHBEARER' : 'AWS_MSK_IAM'
    return { mechanism: login.auth, login: mskSasl({ ...login.iam, mechanism, clientId, log, onSecret }) }
  }
  const { mechanism, username, password } = login
  return { mechanism, username, password }
}
