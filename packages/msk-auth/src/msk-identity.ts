/**
 * Who logs in: the credentials, kept until near their end, with the clock that they are judged by. Both mechanisms sign for one
 * of these, and every refused login is explained by it. Make one for each process and share it.
 */

import { callerArn } from './caller-identity.ts'
import { ClockSkew } from './clock-skew.ts'
import { type AwsCredentials, type CredentialOptions, credentialSource } from './credentials.ts'
import { checkedRegion } from './hosts.ts'
import { type Clock, MemoisedCredentials } from './memoised-credentials.ts'
import { checkedSessionName, defaultSessionName } from './session-name.ts'

/** A pino logger fits. It is told the fingerprint of a token, never the token. */
export type MskAuthLog = {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Where the credentials come from (see CredentialOptions), and for whom. */
export type MskIdentityOptions = Omit<
  CredentialOptions,
  'roleSessionName' | 'timeoutMs' | 'clientPlugins'
> & {
  /** The cluster's region, e.g. `eu-west-1`. */
  readonly region: string
  /** Names this client; the session name is made of it. */
  readonly clientId: string
  /** The program's name, the first part of the session name. Default `pinpipe`. */
  readonly app?: string
  /** Fixed, since it is part of the principal. Default `<app>-<client id>`. */
  readonly roleSessionName?: string
  readonly clock?: Clock
  /** How long the credential source may take. Default 10 000. */
  readonly timeoutMs?: number
  readonly log?: MskAuthLog
}

/** A refused login waits no longer than this for the name of who was refused. */
const longestQuestionMs = 3_000

export class MskIdentity {
  readonly region: string
  /** As it stands in a sentence: `the AWS profile dev`. */
  readonly sourceName: string
  readonly clock: Clock
  readonly log: MskAuthLog | undefined
  readonly #sts: Pick<CredentialOptions, 'region' | 'stsRegion' | 'timeoutMs' | 'clientPlugins'>
  readonly #credentials: MemoisedCredentials
  readonly #skew: ClockSkew
  #named: { readonly credentials: AwsCredentials; readonly arn: Promise<string | undefined> } | undefined

  /** Asks for nothing yet. Throws MskAuthError for a region or a session name that cannot be. */
  constructor(options: MskIdentityOptions) {
    this.region = checkedRegion(options.region)
    this.log = options.log
    this.clock = options.clock ?? { nowMs: () => Date.now() }
    const timeoutMs = options.timeoutMs ?? 10_000
    const roleSessionName = checkedSessionName(
      options.roleSessionName ?? defaultSessionName(options.app ?? 'pinpipe', options.clientId),
    )
    this.#skew = new ClockSkew(
      () => this.clock.nowMs(),
      (sentence) => this.log?.warn({ skewMs: this.#skew.skewMs }, sentence),
    )
    const clientPlugins = [this.#skew.plugin]
    const source = credentialSource({ ...options, roleSessionName, timeoutMs, clientPlugins })
    this.sourceName = source.name
    this.#credentials = new MemoisedCredentials({ source, clock: this.clock, timeoutMs })
    this.#sts = { ...options, timeoutMs: Math.min(timeoutMs, longestQuestionMs), clientPlugins }
  }

  /** Credentials that live at least another 60 s. @throws MskAuthError */
  credentials(): Promise<AwsCredentials> {
    return this.#credentials.get()
  }

  /** A broker refused what was signed with these: the next login asks the source again. */
  forget(credentials: AwsCredentials): void {
    this.#credentials.forget(credentials)
  }

  /** This machine's clock, where it is known to be wrong: a sentence. */
  get clockProblem(): string | undefined {
    return this.#skew.sentence
  }

  /** The principal's ARN; undefined when STS does not tell. Never rejects. */
  principalOf(credentials: AwsCredentials): Promise<string | undefined> {
    if (this.#named?.credentials !== credentials) {
      const arn = callerArn(credentials, this.#sts).catch(() => undefined)
      this.#named = { credentials, arn }
    }
    return this.#named.arn
  }
}
