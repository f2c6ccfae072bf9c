/** An AWS account's users, roles and the sessions of roles: who an access key is, and what they may do. */

import { randomBytes } from 'node:crypto'
import { type Policy, evaluate, parsePolicy } from '@pinpipe/msk-auth/iam-policy'

/** IAM policy documents, as JSON holds them. */
export type PolicyDocument = object

export type IamUser = {
  /** arn:aws:iam::111122223333:user/alice */
  readonly arn: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** For temporary credentials that no STS gave. */
  readonly sessionToken?: string
  readonly expiresAtMs?: number
  readonly policies: readonly PolicyDocument[]
}

export type IamRole = {
  /** arn:aws:iam::111122223333:role/consumer */
  readonly arn: string
  readonly policies: readonly PolicyDocument[]
  /** Its trust policy. Default: whoever is in the directory may assume it. */
  readonly trust?: PolicyDocument
  /** The longest session that may be asked for. Default an hour. */
  readonly maxSessionMs?: number
}

/** What an access key stands for. */
export type IamKey = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiresAtMs?: number
  /** Of the user, or of the role's session: arn:aws:sts::111122223333:assumed-role/consumer/session */
  readonly arn: string
  readonly policies: readonly Policy[]
}

type Role = {
  readonly arn: string
  readonly maxSessionMs: number
  readonly policies: readonly Policy[]
  readonly trust: Policy | undefined
}

export type AssumeRoleWish = {
  readonly roleArn: string
  readonly sessionName: string
  readonly durationMs: number
  readonly externalId: string | undefined
}

export class IamDirectory {
  readonly #keys = new Map<string, IamKey>()
  readonly #roles = new Map<string, Role>()

  /** @throws MskAuthError for a policy that IAM would refuse */
  constructor(users: readonly IamUser[], roles: readonly IamRole[]) {
    for (const user of users) this.#keys.set(user.accessKeyId, { ...user, policies: parsed(user.policies) })
    for (const { arn, policies, trust, maxSessionMs = 3_600_000 } of roles)
      this.#roles.set(arn, {
        arn,
        maxSessionMs,
        policies: parsed(policies),
        trust: trust === undefined ? undefined : parsePolicy(JSON.stringify(trust), 'trust'),
      })
  }

  keyOf(accessKeyId: string): IamKey | undefined {
    return this.#keys.get(accessKeyId)
  }

  /** @returns the keys of a new session, or why there is none */
  assumeRole(caller: IamKey, wish: AssumeRoleWish, nowMs: number): IamKey | 'denied' | 'too-long' {
    const role = this.#roles.get(wish.roleArn)
    if (role === undefined || !mayAssume(caller, role, wish)) return 'denied'
    if (wish.durationMs > role.maxSessionMs) return 'too-long'
    const key: IamKey = {
      accessKeyId: `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(240).toString('base64'),
      expiresAtMs: nowMs + wish.durationMs,
      arn: sessionArn(role.arn, wish.sessionName),
      policies: role.policies,
    }
    this.#keys.set(key.accessKeyId, key)
    return key
  }
}

/** The trust policy has to allow it; the caller's own policies must not deny it. */
function mayAssume(caller: IamKey, { arn, trust }: Role, { externalId }: AssumeRoleWish): boolean {
  const action = 'sts:AssumeRole'
  const context = externalId === undefined ? {} : { 'sts:ExternalId': externalId }
  const principal = { type: 'AWS', id: caller.arn } as const
  const isTrusted =
    trust === undefined ||
    evaluate([trust], { action, resource: arn, principal, context }).decision === 'allowed'
  return (
    isTrusted && evaluate(caller.policies, { action, resource: arn, context }).decision !== 'explicit-deny'
  )
}

function parsed(documents: readonly PolicyDocument[]): readonly Policy[] {
  return documents.map((document) => parsePolicy(JSON.stringify(document), 'identity'))
}

/** arn:aws:iam::1:role/path/name → arn:aws:sts::1:assumed-role/name/session */
function sessionArn(roleArn: string, sessionName: string): string {
  const [arn, partition, , , account, resource = ''] = roleArn.split(':')
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  return `${arn}:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`
}
