/** Where the AWS credentials come from. Every source is named, so that an error can say which one failed. */

import {
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
  fromWebToken,
} from '@aws-sdk/credential-providers'
import { readFile } from 'node:fs/promises'

/** Credentials as the AWS SDK gives them. `expiration` is absent for keys that do not end. */
export type AwsCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

export type AwsCredentialProvider = () => Promise<AwsCredentials>

export type CredentialOptions = {
  readonly region: string
  /** Assume this role, starting from the profile's or the default chain's credentials. */
  readonly roleArn?: string
  readonly roleSessionName: string
  /** How long one request to STS may take. */
  readonly timeoutMs: number
  readonly roleExternalId?: string
  /** The region of STS, where it is not the cluster's. */
  readonly stsRegion?: string
  /** A profile of the shared AWS configuration files. */
  readonly profile?: string
  /** Keys to assume the role with, instead of the chain's. */
  readonly roleKeys?: AwsCredentials
  /** Exchange this file's token for this role (EKS): the base instead of the chain. */
  readonly webIdentity?: { readonly tokenFile: string; readonly roleArn: string }
  /** Told every secret key, session token and identity token before it is sent anywhere, so that no log shows it. */
  readonly onSecret?: (secret: string) => void
  /** Credentials of the caller's own: instead of the chain, or to assume the role with. */
  readonly credentials?: AwsCredentialProvider
  /** Reads along what STS answers. */
  readonly clientPlugins?: ClientPlugins
}

type ClientPlugins = NonNullable<Parameters<typeof fromTokenFile>[0]>['clientPlugins'] & {}

export type CredentialSource = {
  /** As it stands in a sentence: `the role arn:… (assumed with the AWS profile dev)`. */
  readonly name: string
  /** Asks anew at every call: nothing is kept here. */
  readonly provide: AwsCredentialProvider
}

type RoleParameters = { readonly RoleArn?: string; readonly RoleSessionName?: string }
type WebRoleParameters = RoleParameters & { readonly WebIdentityToken?: string }

/** The one source that the options name. Nothing is fetched yet. */
export function credentialSource(options: CredentialOptions): CredentialSource {
  const base = telling(options, baseSource(options))
  if (options.roleArn === undefined) return base
  const params = {
    RoleArn: options.roleArn,
    RoleSessionName: options.roleSessionName,
    ...(options.roleExternalId === undefined ? {} : { ExternalId: options.roleExternalId }),
  }
  const provide = (): Promise<AwsCredentials> =>
    fromTemporaryCredentials({ masterCredentials: base.provide, params, ...stsOptions(options) })()
  return telling(options, { name: `the role ${options.roleArn} (assumed with ${base.name})`, provide })
}

function telling(options: CredentialOptions, { name, provide }: CredentialSource): CredentialSource {
  return {
    name,
    provide: async () => {
      const credentials = await provide()
      tellSecrets(options, credentials)
      return credentials
    },
  }
}

function tellSecrets({ onSecret }: CredentialOptions, credentials: AwsCredentials): void {
  onSecret?.(credentials.secretAccessKey)
  if (credentials.sessionToken !== undefined) onSecret?.(credentials.sessionToken)
}

function baseSource(options: CredentialOptions): CredentialSource {
  if (options.credentials) return { name: 'the program itself', provide: options.credentials }
  const { profile, roleKeys, roleSessionName, webIdentity } = options
  if (roleKeys) {
    return { name: 'the access key of the login module', provide: () => Promise.resolve(roleKeys) }
  }
  if (profile !== undefined) {
    const provide = (): Promise<AwsCredentials> => fromIni({ ...withFixedSessionName(options), profile })()
    return { name: `the AWS profile ${profile}`, provide }
  }
  if (webIdentity) {
    const { tokenFile, roleArn } = webIdentity
    const web = { webIdentityTokenFile: tokenFile, roleArn, roleSessionName }
    return {
      name: `the role ${roleArn} (by the token file ${tokenFile})`,
      provide: async () => {
        // A file that cannot be read is explained by the source itself.
        const token = await readFile(tokenFile, 'utf8').catch(() => '')
        if (token !== '') options.onSecret?.(token.trim())
        return await fromTokenFile({ ...web, ...stsOptions(options) })()
      },
    }
  }
  const provide = (): Promise<AwsCredentials> =>
    fromNodeProviderChain({ ...withFixedSessionName(options), roleSessionName })()
  return { name: 'the default AWS credential chain', provide }
}

/**
 * A profile with a role and no role_session_name would get a name with the time in it, another one at each refresh;
 * the principal would change and the broker refuse to re-authenticate (S3). What the profile does name is kept.
 */
function withFixedSessionName(options: CredentialOptions): Partial<Parameters<typeof fromIni>[0]> {
  const named = <P extends RoleParameters>(params: P): P & { RoleArn: string; RoleSessionName: string } => ({
    ...params,
    RoleArn: params.RoleArn ?? '',
    RoleSessionName: madeUp(params.RoleSessionName) ? options.roleSessionName : params.RoleSessionName,
  })
  const sts = stsOptions(options)
  return {
    ...sts,
    // The SDK keeps the shared files of AWS once it has read them; keys that were rotated there would never be seen.
    ignoreCache: true,
    roleAssumer: (source: AwsCredentials, params: RoleParameters) => {
      tellSecrets(options, source)
      return fromTemporaryCredentials({ masterCredentials: source, params: named(params), ...sts })()
    },
    roleAssumerWithWebIdentity: (params: WebRoleParameters) => {
      const { RoleArn: roleArn, RoleSessionName: roleSessionName, WebIdentityToken = '' } = named(params)
      options.onSecret?.(WebIdentityToken)
      return fromWebToken({ roleArn, roleSessionName, webIdentityToken: WebIdentityToken, ...sts })()
    },
  }
}

function madeUp(sessionName: string | undefined): sessionName is undefined {
  return sessionName === undefined || sessionName.startsWith('aws-sdk-js-')
}

/** Each request ends by itself: one that nobody waits for any longer must not keep the process alive. */
export function stsOptions({
  region,
  stsRegion,
  timeoutMs,
  clientPlugins,
}: Pick<CredentialOptions, 'region' | 'stsRegion' | 'timeoutMs' | 'clientPlugins'>): {
  clientConfig: { region: string; requestHandler: object }
  clientPlugins?: ClientPlugins
} {
  const requestHandler = {
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
  }
  return {
    clientConfig: { region: stsRegion ?? region, requestHandler },
    ...(clientPlugins !== undefined && { clientPlugins }),
  }
}
