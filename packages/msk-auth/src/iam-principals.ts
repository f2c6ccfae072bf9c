/** Who makes a request, and whether `Principal` or `NotPrincipal` of a policy means them. */

import { segmentsOf } from './iam-patterns.ts'

const principalTypes = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const
export type PrincipalType = (typeof principalTypes)[number]

/**
 * One identity, of the type under which a policy names it: `{ type: 'AWS', id }` with the ARN of a user, a role, or a role's
 * session (arn:aws:sts::<account>:assumed-role/<role>/<session>); `{ type: 'Service', id: 'ec2.amazonaws.com' }`.
 */
export type Principal = { readonly type: PrincipalType; readonly id: string }

/** The entries of a policy's element, e.g. `AWS arn:aws:iam::111122223333:role/a`; `*` for everybody. */
export type PrincipalList = ReadonlySet<string>

/** How a statement means a requester: not at all, only by the account that it belongs to, or itself. */
export type PrincipalMatch = 'none' | 'account' | 'self'

const everybody = '*'

/** `undefined` for a type that policies do not have. */
export function principalTypeOf(name: string): PrincipalType | undefined {
  return principalTypes.find((type) => type === name)
}

/** One entry as it is compared. Undefined for what no policy can name: a wildcard within a name, or no ARN and no account. */
export function principalEntry(type: PrincipalType, id: string): string | undefined {
  if (id === everybody) return type === 'AWS' ? everybody : undefined
  if (id === '' || /[*?]/.test(id)) return undefined
  if (type !== 'AWS') return `${type} ${id}`
  if (/^\d{12}$/.test(id)) return accountEntry(id)
  const [arn, , service, region, account = '', resource = ''] = segmentsOf(id)
  if (arn !== 'arn' || region !== '' || !/^\d{12}$/.test(account)) return undefined
  if (service === 'iam' && resource === 'root') return accountEntry(account)
  if (service === 'iam' && resource.startsWith('role/')) return roleEntry(account, resource)
  return (service === 'iam' && resource.startsWith('user/')) ||
    (service === 'sts' && /^(assumed-role|federated-user)\/./.test(resource))
    ? `AWS ${id}`
    : undefined
}

/** How `Principal` means the requester; nobody in particular (an anonymous request) is only meant by `*`. */
export function principalMatch(list: PrincipalList, principal: Principal | undefined): PrincipalMatch {
  if (list.has(everybody)) return 'self'
  if (principal === undefined) return 'none'
  const { own, account } = identitiesOf(principal)
  if (own.some((identity) => list.has(identity))) return 'self'
  return account !== undefined && list.has(account) ? 'account' : 'none'
}

/**
 * Whether `NotPrincipal` spares the requester: only when it names every identity they have, the account, the role and the
 * session (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
 */
export function isSpared(list: PrincipalList, principal: Principal | undefined): boolean {
  if (list.has(everybody)) return true
  if (principal === undefined) return false
  const { own, account } = identitiesOf(principal)
  return [...own, ...(account === undefined ? [] : [account])].every((identity) => list.has(identity))
}

function identitiesOf({ type, id }: Principal): { own: readonly string[]; account: string | undefined } {
  if (type !== 'AWS') return { own: [`${type} ${id}`], account: undefined }
  const [, , , , account = '', resource = ''] = segmentsOf(id)
  const role = /^assumed-role\/[^/]+/.exec(resource)?.[0]
  const own = resource.startsWith('role/')
    ? [roleEntry(account, resource)]
    : [`AWS ${id}`, ...(role === undefined ? [] : [roleEntry(account, role)])]
  return { own, account: accountEntry(account) }
}

function accountEntry(account: string): string {
  return `account ${account}`
}

/** A session's ARN has no path, and a role's name is unique in its account: so the path is left out. */
function roleEntry(account: string, resource: string): string {
  return `role ${account} ${resource.slice(resource.lastIndexOf('/') + 1)}`
}
