/** Where the AWS credentials come from. Every source is named, so that an error can say which one failed. */

import {
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
} from '@aws-sdk/credential-providers'
import { type AwsCredentials } from './token.ts'

export type AwsCredentialProvider = () => Promise<AwsCredentials>

export type CredentialOptions = {
  readonly region: string
  /** Assume this role, starting from the profile's or the default chain's credentials. */
  readonly roleArn?: string
  readonly roleSessionName: string
  readonly roleExternalId?: string
  /** The region of STS, where it is not the cluster's. */
  readonly stsRegion?: string
  /** A profile of the shared AWS configuration files. */
  readonly profile?: string
  /** Keys to assume the role with, instead of the chain's. */
  readonly roleKeys?: AwsCredentials
  /** Exchange this file's token for this role (EKS): the base instead of the chain. */
  readonly webIdentity?: { readonly tokenFile: string; readonly roleArn: string }
  /** Credentials of the caller's own: instead of the chain, or to assume the role with. */
  readonly credentials?: AwsCredentialProvider
}

export type CredentialSource = {
  /** As it stands in a sentence: `the role arn:… (from the profile dev)`. */
  readonly name: string
  readonly provide: AwsCredentialProvider
}

type AssumeRole = { readonly RoleArn?: string; readonly RoleSessionName?: string }

/** The one source that the options name. Nothing is fetched yet. */
export function credentialSource(options: CredentialOptions): CredentialSource {
  const base = baseSource(options)
  if (options.roleArn === undefined) return base
  const provide = assumeRole(
    options,
    { RoleArn: options.roleArn, RoleSessionName: options.roleSessionName },
    base.provide,
  )
  return { name: `the role ${options.roleArn} (assumed with ${base.name})`, provide }
}

function baseSource(options: CredentialOptions): CredentialSource {
  if (options.credentials) return { name: 'the program itself', provide: options.credentials }
  const { profile, roleKeys, webIdentity } = options
  if (roleKeys)
    return { name: 'the access key of the login module', provide: () => Promise.resolve(roleKeys) }
  const common = {
    clientConfig: { region: options.stsRegion ?? options.region },
    // A profile with role_arn and no role_session_name would get a name with the time in it, which changes the principal.
    roleAssumer: (source: AwsCredentials, params: AssumeRole): Promise<AwsCredentials> => {
      const random = params.RoleSessionName?.startsWith('aws-sdk-js-') ?? true
      const named = random ? { ...params, RoleSessionName: options.roleSessionName } : params
      return assumeRole(options, named, () => Promise.resolve(source))()
    },
  }
  if (profile !== undefined) {
    const provide = fromIni({ ...common, profile })
    return { name: `the AWS profile ${profile}`, provide: () => provide() }
  }
  if (webIdentity) {
    const { tokenFile, roleArn } = webIdentity
    const web = { webIdentityTokenFile: tokenFile, roleArn, roleSessionName: options.roleSessionName }
    const provide = fromTokenFile({ ...common, ...web })
    return { name: `the role ${roleArn} (by the token file ${tokenFile})`, provide: () => provide() }
  }
  const provide = fromNodeProviderChain({ ...common, roleSessionName: options.roleSessionName })
  return { name: 'the default AWS credential chain', provide: () => provide() }
}

function assumeRole(
  options: CredentialOptions,
  params: AssumeRole,
  master: AwsCredentialProvider,
): AwsCredentialProvider {
  const provide = fromTemporaryCredentials({
    masterCredentials: master,
    params: {
      ...params,
      RoleArn: params.RoleArn ?? '',
      ...(options.roleExternalId === undefined ? {} : { ExternalId: options.roleExternalId }),
    },
    clientConfig: { region: options.stsRegion ?? options.region },
  })
  return () => provide()
}
