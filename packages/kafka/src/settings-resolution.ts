/**
 * From settings and a client.properties file to one decided login. Pure; all problems at once.
 *
 * What was given as a flag or variable wins over the file, the file wins over the defaults, and a contradiction about
 * security between the two is a problem: nobody should log in in another way than they wrote.
 */

import { isIPv6 } from 'node:net'
import { regionOfBroker } from '@pinpipe/msk-auth/hosts'
import { type FileIam, type FileLogin } from './client-properties-sasl.ts'
import { type FileTls } from './client-properties-ssl.ts'
import { type ClientProperties } from './client-properties.ts'
import { type KafkaSettings } from './settings.ts'

export type PasswordMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512'

export type IamLogin = FileIam & {
  readonly region: string
  /** A role that is taken with a token file (EKS), where the environment says so. */
  readonly webIdentity?: { readonly tokenFile: string; readonly roleArn: string }
}

export type Login =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'password'
      readonly mechanism: PasswordMechanism
      readonly username: string
      readonly password: string
    }
  | { readonly kind: 'iam'; readonly auth: 'msk-iam' | 'aws-msk-iam'; readonly iam: IamLogin }

export type ResolvedSettings = {
  readonly brokers: readonly string[]
  readonly tls: false | FileTls
  readonly login: Login
  /** Sentences for the log: what is unusual, yet allowed. */
  readonly warnings: readonly string[]
}

type Auth = NonNullable<KafkaSettings['auth']>
type Input = {
  readonly settings: KafkaSettings
  readonly file: ClientProperties | undefined
  readonly problems: string[]
}

/** `resolved` is absent when there is any problem. */
export function resolveSettings(
  settings: KafkaSettings,
  file: ClientProperties | undefined,
): { readonly resolved?: ResolvedSettings; readonly problems: readonly string[] } {
  const input: Input = { settings, file, problems: [] }
  const brokers = brokersOf(input)
  const auth = authOf(input)
  const tls = tlsOf(input, auth)
  const login = loginOf(input, auth, brokers)
  if (input.problems.length > 0 || login === undefined) return { problems: input.problems }
  const warnings =
    tls === false && login.kind !== 'none'
      ? ['the login is sent without TLS, as security.protocol=SASL_PLAINTEXT says']
      : []
  return { problems: [], resolved: { brokers, tls, login, warnings } }
}

function brokersOf({ settings, file, problems }: Input): readonly string[] {
  const brokers = settings.brokers ?? file?.brokers ?? []
  if (brokers.length === 0)
    problems.push('the brokers are missing: give --brokers host:port (or the variable KAFKA_BROKERS)')
  const wrong = brokers.find((broker) => !isAddress(broker))
  if (wrong !== undefined)
    problems.push(
      `${JSON.stringify(wrong)} is no broker address: write host:port${isIpv6(wrong) ? ', an IPv6 host in brackets: [::1]:9092' : ''}`,
    )
  return brokers
}

/** An IPv6 address without brackets, with or without a port. */
function isIpv6(broker: string): boolean {
  return isIPv6(broker) || isIPv6(broker.replace(/:\d+$/, ''))
}

function isAddress(broker: string): boolean {
  const port = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(broker)?.[1]
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536
}

function authOf({ settings, file, problems }: Input): Auth {
  const inFile = file?.security === undefined ? undefined : authOfFile(file.security.login)
  const { auth } = settings
  if (auth !== undefined && inFile !== undefined && auth !== inFile) {
    problems.push(
      `--auth ${auth} contradicts the client properties, which say ${inFile}: leave one of them out`,
    )
  }
  return auth ?? inFile ?? 'none'
}

function authOfFile(login: 'none' | FileLogin): Auth {
  return login === 'none' ? 'none' : login.auth
}

function tlsOf({ settings, file, problems }: Input, auth: Auth): false | FileTls {
  const inFile = file?.security?.tls
  const explicit = settings.tls
  if (explicit === false && settings.tlsCa !== undefined)
    problems.push('--no-tls contradicts --tls-ca: leave one of them out')
  if (explicit !== undefined && inFile !== undefined && explicit !== (inFile !== false)) {
    const { protocol } = file?.security ?? {}
    problems.push(
      `--${explicit ? '' : 'no-'}tls contradicts security.protocol=${protocol} of the client properties: leave one of them out`,
    )
  } else if (explicit === false && inFile === undefined && auth !== 'none') {
    problems.push(
      `--no-tls cannot go with --auth ${auth}, which is sent over TLS only (a broker without TLS: write security.protocol=SASL_PLAINTEXT into a client.properties file)`,
    )
  }
  const wanted =
    inFile === undefined ? (explicit ?? (auth !== 'none' || settings.tlsCa !== undefined)) : inFile !== false
  if (!wanted) {
    if (inFile === false && settings.tlsCa !== undefined)
      problems.push('--tls-ca contradicts the client properties, which turn TLS off: leave one of them out')
    return false
  }
  return { ...inFile, ...(settings.tlsCa === undefined ? {} : { ca: { file: settings.tlsCa } }) }
}

/** Undefined when it is wrong: then `problems` says why. */
function loginOf(input: Input, auth: Auth, brokers: readonly string[]): Login | undefined {
  switch (auth) {
    case 'none':
      return { kind: 'none' }
    case 'msk-iam':
    case 'aws-msk-iam':
      return iamLogin(input, auth, brokers)
    default:
      return passwordLogin(input, auth)
  }
}

function passwordLogin({ settings, file, problems }: Input, mechanism: PasswordMechanism): Login | undefined {
  const { username, password } = settings
  const login = file?.security?.login
  const inFile = login !== undefined && login !== 'none' && 'user' in login ? login.user : undefined
  // Never a user of one place with a password of another.
  if (username === undefined && password === undefined && inFile !== undefined)
    return { kind: 'password', mechanism, ...inFile }
  if (username === undefined)
    problems.push(`--auth ${mechanism} needs a user: set the variable KAFKA_USERNAME`)
  if (password === undefined)
    problems.push(`--auth ${mechanism} needs a password: set the variable KAFKA_PASSWORD`)
  return username === undefined || password === undefined
    ? undefined
    : { kind: 'password', mechanism, username, password }
}

function iamLogin(
  { settings, file, problems }: Input,
  auth: 'msk-iam' | 'aws-msk-iam',
  brokers: readonly string[],
): Login | undefined {
  const login = file?.security?.login
  const inFile: FileIam = login !== undefined && login !== 'none' && 'iam' in login ? login.iam : {}
  // A broker's own name is never wrong about its region; AWS_REGION may be there for something else.
  const region = brokers.map(regionOfBroker).find((found) => found !== undefined) ?? settings.region
  if (region === undefined) {
    problems.push(
      "the AWS region is missing, and the brokers' names do not tell it: give --region (or the variable AWS_REGION)",
    )
    return undefined
  }
  const { webIdentityTokenFile: tokenFile, roleArn, roleSessionName, profile } = settings
  // On EKS AWS_ROLE_ARN is the role of the pod, which is taken with the token file; a role of the file comes on top.
  const isWebIdentity = tokenFile !== undefined && roleArn !== undefined && profile === undefined
  return {
    kind: 'iam',
    auth,
    iam: {
      ...inFile,
      region,
      ...(isWebIdentity ? { webIdentity: { tokenFile, roleArn } } : {}),
      ...(roleArn === undefined || isWebIdentity ? {} : { roleArn }),
      ...(roleSessionName === undefined ? {} : { roleSessionName }),
      ...(profile === undefined ? {} : { profile }),
    },
  }
}
