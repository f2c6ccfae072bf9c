/** The login that a client.properties file describes: sasl.mechanism, sasl.jaas.config and the callback handlers. */

import { type PropertyReader } from './client-properties-reader.ts'
import { type JaasEntry, JaasSyntaxError, parseJaas } from './jaas.ts'

/** What the options of MSK's login modules say; any of it may be absent. */
export type FileIam = {
  readonly roleArn?: string
  readonly roleSessionName?: string
  readonly roleExternalId?: string
  readonly stsRegion?: string
  readonly profile?: string
  readonly roleKeys?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

export type FileLogin =
  | {
      readonly auth: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      /** Absent when the file has no sasl.jaas.config: the environment may hold them. */
      readonly user?: { readonly username: string; readonly password: string }
    }
  | { readonly auth: 'msk-iam' | 'aws-msk-iam'; readonly iam: FileIam }

const kafka = 'org.apache.kafka.common.security'
const msk = 'software.amazon.msk.auth.iam'

type Mechanism = {
  readonly auth: FileLogin['auth']
  readonly module: string
  /** The only callback handlers that this mechanism may have. */
  readonly loginHandler?: string
  readonly clientHandler?: string
}

// A mechanism that is spoken later needs one line here and its login in settings-resolution.ts.
const mechanisms = new Map<string, Mechanism>([
  ['PLAIN', { auth: 'plain', module: `${kafka}.plain.PlainLoginModule` }],
  ['SCRAM-SHA-256', { auth: 'scram-sha-256', module: `${kafka}.scram.ScramLoginModule` }],
  ['SCRAM-SHA-512', { auth: 'scram-sha-512', module: `${kafka}.scram.ScramLoginModule` }],
  [
    'OAUTHBEARER',
    {
      auth: 'msk-iam',
      module: `${kafka}.oauthbearer.OAuthBearerLoginModule`,
      loginHandler: `${msk}.IAMOAuthBearerLoginCallbackHandler`,
      clientHandler: `${msk}.IAMOAuthBearerLoginCallbackHandler`,
    },
  ],
  [
    'AWS_MSK_IAM',
    {
      auth: 'aws-msk-iam',
      module: `${msk}.IAMLoginModule`,
      clientHandler: `${msk}.IAMClientCallbackHandler`,
    },
  ],
])

/** Undefined when the file is wrong: then `reader.problems` says why. */
export function saslOf(reader: PropertyReader): FileLogin | undefined {
  const name = reader.text('sasl.mechanism')
  const mechanism = name === undefined ? undefined : mechanisms.get(name)
  if (name === undefined || mechanism === undefined) {
    const said =
      name === undefined ? 'sasl.mechanism is missing' : 'sasl.mechanism is not one that is spoken here'
    reader.problems.push(`${said}: write one of ${[...mechanisms.keys()].join(', ')}`)
    return undefined
  }
  const jaas = jaasOf(reader, name, mechanism)
  const handlersFit = checkHandlers(reader, name, mechanism)
  if (jaas === 'broken' || !handlersFit) return undefined
  const { auth } = mechanism
  if (auth !== 'msk-iam' && auth !== 'aws-msk-iam') return passwordLogin(reader, auth, jaas)
  return { auth, iam: iamOf(reader, jaas?.options ?? new Map()) }
}

function jaasOf(
  reader: PropertyReader,
  name: string,
  mechanism: Mechanism,
): JaasEntry | undefined | 'broken' {
  const value = reader.text('sasl.jaas.config')
  if (value === undefined) return undefined
  try {
    const entry = parseJaas(value)
    if (entry.module === mechanism.module) return entry
    reader.problems.push(
      `sasl.mechanism=${name} needs the login module ${mechanism.module} in sasl.jaas.config`,
    )
  } catch (error) {
    if (!(error instanceof JaasSyntaxError)) throw error
    reader.problems.push(`sasl.jaas.config ${error.message}`)
  }
  return 'broken'
}

function checkHandlers(reader: PropertyReader, name: string, mechanism: Mechanism): boolean {
  const login = reader.text('sasl.login.callback.handler.class')
  const client = reader.text('sasl.client.callback.handler.class')
  const before = reader.problems.length
  // OAUTHBEARER alone says nothing about where the token comes from: the handler's class does.
  if (name === 'OAUTHBEARER' && login !== mechanism.loginHandler) {
    reader.problems.push(
      `sasl.mechanism=OAUTHBEARER is spoken with MSK tokens only: write sasl.login.callback.handler.class=${mechanism.loginHandler}`,
    )
  } else if (login !== undefined && login !== mechanism.loginHandler) {
    reader.problems.push(
      `sasl.login.callback.handler.class cannot go with sasl.mechanism=${name}: leave it out`,
    )
  }
  if (client !== undefined && client !== mechanism.clientHandler) {
    const remedy = mechanism.clientHandler === undefined ? 'leave it out' : `write ${mechanism.clientHandler}`
    reader.problems.push(`sasl.client.callback.handler.class does not fit sasl.mechanism=${name}: ${remedy}`)
  }
  return reader.problems.length === before
}

function passwordLogin(
  reader: PropertyReader,
  auth: 'plain' | 'scram-sha-256' | 'scram-sha-512',
  jaas: JaasEntry | undefined,
): FileLogin | undefined {
  if (jaas === undefined) return { auth }
  const { username, password, tokenauth, ...others } = Object.fromEntries(jaas.options)
  noteIgnored(reader, Object.keys(others))
  if (tokenauth?.toLowerCase() === 'true') {
    reader.problems.push(
      'sasl.jaas.config asks for a delegation token (tokenauth), which is not spoken here: use a user and password',
    )
    return undefined
  }
  if (username === undefined || password === undefined) {
    reader.problems.push('sasl.jaas.config needs username="…" and password="…"')
    return undefined
  }
  return { auth, user: { username, password } }
}

function iamOf(reader: PropertyReader, options: ReadonlyMap<string, string>): FileIam {
  const {
    awsRoleArn: roleArn,
    awsRoleSessionName: roleSessionName,
    awsRoleExternalId: roleExternalId,
    awsStsRegion: stsRegion,
    awsProfileName: profile,
    awsRoleAccessKeyId: accessKeyId,
    awsRoleSecretAccessKey: secretAccessKey,
    awsRoleSessionToken: sessionToken,
    awsAddDefaultProviders: addDefaults,
    ...others
  } = Object.fromEntries(options)
  noteIgnored(reader, Object.keys(others))
  // The Java library falls back to the default chain when the role fails: it then works as somebody else.
  if (addDefaults?.toLowerCase() === 'true' && (roleArn !== undefined || profile !== undefined)) {
    reader.notes.push(
      'awsAddDefaultProviders=true is not followed: when the named role or profile fails, nobody else logs in',
    )
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    reader.problems.push('sasl.jaas.config needs awsRoleAccessKeyId and awsRoleSecretAccessKey together')
  }
  const roleKeys =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  return {
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(roleSessionName === undefined ? {} : { roleSessionName }),
    ...(roleExternalId === undefined ? {} : { roleExternalId }),
    ...(stsRegion === undefined ? {} : { stsRegion }),
    ...(profile === undefined ? {} : { profile }),
    ...(roleKeys === undefined ? {} : { roleKeys }),
  }
}

function noteIgnored(reader: PropertyReader, options: readonly string[]): void {
  // Only names that look like options: a broken quote can make one of a piece of a password.
  const named = options.filter((option) => /^(aws[A-Z][A-Za-z]{2,30}|serviceName|useKeyTab)$/.test(option))
  if (options.length === 0) return
  reader.notes.push(
    named.length === options.length
      ? `Options of sasl.jaas.config that have no effect here: ${named.toSorted().join(', ')}`
      : 'Some options of sasl.jaas.config have no effect here',
  )
}
