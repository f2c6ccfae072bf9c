/** From settings to a decided login: pure, all problems at once. */

import { regionOfBroker } from '@pinpipe/msk-auth/hosts'
import { type KafkaSettings } from './settings.ts'

export type PasswordMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512'

export type IamLogin = {
  readonly region: string
  readonly roleArn?: string
  readonly roleSessionName?: string
  readonly profile?: string
}

export type Login =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'password'
      readonly mechanism: PasswordMechanism
      readonly username: string
      readonly password: string
    }
  | { readonly kind: 'msk-iam'; readonly iam: IamLogin }

export type ResolvedSettings = {
  readonly clientId: string
  readonly brokers: readonly string[]
  readonly tls: false | { readonly caFile?: string }
  readonly login: Login
}

/** `resolved` is absent when there is any problem. */
export function resolveSettings(
  settings: KafkaSettings,
  clientId: string,
): { readonly resolved?: ResolvedSettings; readonly problems: readonly string[] } {
  const problems: string[] = []
  const brokers = settings.brokers ?? []
  if (brokers.length === 0)
    problems.push('The brokers are missing: give --brokers host:port (or KAFKA_BROKERS).')
  const auth = settings.auth ?? 'none'
  if (settings.tls === false && auth !== 'none') {
    problems.push(`--no-tls cannot go with --auth ${auth}: a login is only sent over TLS.`)
  }
  if (settings.tls === false && settings.tlsCa !== undefined)
    problems.push('--no-tls contradicts --tls-ca: leave one out.')
  const login = loginOf(settings, auth, brokers, problems)
  if (problems.length > 0 || login === undefined) return { problems }
  const tls = auth !== 'none' || settings.tls === true || settings.tlsCa !== undefined
  return {
    problems,
    resolved: {
      clientId,
      brokers,
      tls: tls ? (settings.tlsCa === undefined ? {} : { caFile: settings.tlsCa }) : false,
      login,
    },
  }
}

function loginOf(
  settings: KafkaSettings,
  auth: NonNullable<KafkaSettings['auth']>,
  brokers: readonly string[],
  problems: string[],
): Login | undefined {
  switch (auth) {
    case 'none':
      return { kind: 'none' }
    case 'aws-msk-iam':
      problems.push(
        '--auth aws-msk-iam is not spoken yet: use --auth msk-iam, which reaches the same port 9098 with the same IAM identity and policy.',
      )
      return undefined
    case 'msk-iam': {
      const region = brokers.map(regionOfBroker).find((found) => found !== undefined) ?? settings.region
      if (region === undefined) {
        problems.push(
          "The AWS region is missing, and the brokers' names do not tell it: give --region (or AWS_REGION).",
        )
        return undefined
      }
      return { kind: 'msk-iam', iam: { region, ...present(settings) } }
    }
    default: {
      const { username, password } = settings
      if (username === undefined) problems.push(`--auth ${auth} needs a user: set KAFKA_USERNAME.`)
      if (password === undefined) problems.push(`--auth ${auth} needs a password: set KAFKA_PASSWORD.`)
      if (username === undefined || password === undefined) return undefined
      return { kind: 'password', mechanism: auth, username, password }
    }
  }
}

function present({ roleArn, roleSessionName, profile }: KafkaSettings): Omit<IamLogin, 'region'> {
  return {
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(roleSessionName === undefined ? {} : { roleSessionName }),
    ...(profile === undefined ? {} : { profile }),
  }
}
