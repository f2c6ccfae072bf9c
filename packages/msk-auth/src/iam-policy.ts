/**
 * Decides by IAM policy documents as AWS does: an explicit deny wins over an allow, an allow over nothing
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 *
 * Small and exact: what it does not know (policy variables, date operators, an element it never heard of) is an error when
 * the document is read, never ignored. It knows nothing of service control policies, permissions boundaries and session
 * policies: those are further documents that have to allow, each evaluated for itself.
 */

import { type Context, type ContextValue } from './iam-conditions.ts'
import { type CompiledStatement, type Policy } from './iam-policy-document.ts'
import { type Principal, principalEntry } from './iam-principals.ts'

export { parsePolicy, type Policy, type PolicyKind } from './iam-policy-document.ts'

export type PolicyRequest = {
  /** One action: `kafka-cluster:ReadData`. */
  readonly action: string
  /** The ARN that the action works on; `*` for an action without one. */
  readonly resource: string
  /** Who asks, for documents that name principals; nobody in particular by default. */
  readonly principal?: Principal
  /** Condition keys with their values, e.g. `{ 'aws:SecureTransport': true }`. What is not there is missing in the request. */
  readonly context?: Readonly<Record<string, ContextValue>>
}

export type PolicyDecision = {
  readonly decision: 'allowed' | 'explicit-deny' | 'implicit-deny'
  /** The statement that decided: `policy` is its document's place in the list, `statement` its own in the document, from 0. */
  readonly by?: { readonly policy: number; readonly statement: number; readonly sid?: string }
}

/**
 * One account's decision: any document may allow, identity-based or on the resource. Where AWS asks for two yeses (a role's
 * trust policy, a KMS key's policy, another account's resource), evaluate each side for itself.
 * @throws RangeError when the request is not one: a bug of the caller, never a matter of policies
 */
export function evaluate(policies: readonly Policy[], request: PolicyRequest): PolicyDecision {
  const asked = checked(request)
  let allowedBy: PolicyDecision['by']
  let delegatedBy: PolicyDecision['by']
  for (const [policy, { statements }] of policies.entries()) {
    for (const [index, statement] of statements.entries()) {
      const match = matchOf(statement, asked)
      if (match === 'none') continue
      const by = { policy, statement: index, ...(statement.sid !== undefined && { sid: statement.sid }) }
      if (statement.effect === 'Deny') return { decision: 'explicit-deny', by }
      if (match === 'self') allowedBy ??= by
      else delegatedBy ??= by
    }
  }
  // What is given to an account is for its administrators to hand on: their policies decide, where there are any here.
  const hasIdentityPolicies = policies.some(({ kind }) => kind === 'identity')
  const by = allowedBy ?? (hasIdentityPolicies ? undefined : delegatedBy)
  return by === undefined ? { decision: 'implicit-deny' } : { decision: 'allowed', by }
}

type AskedRequest = {
  readonly action: string
  readonly resource: string
  readonly principal: Principal | undefined
  readonly context: Context
}

function checked({ action, resource, principal, context = {} }: PolicyRequest): AskedRequest {
  if (!/^[a-z0-9-]+:[a-z0-9]+$/i.test(action))
    throw new RangeError(`${JSON.stringify(action)} is not one action`)
  if (resource === '') throw new RangeError('a request needs a resource: * for an action without one')
  if (principal !== undefined && principalEntry(principal.type, principal.id) === undefined) {
    throw new RangeError(`${JSON.stringify(principal.id)} is not one ${principal.type} principal`)
  }
  return {
    action: action.toLowerCase(),
    resource,
    principal,
    context: new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value])),
  }
}

function matchOf(statement: CompiledStatement, asked: AskedRequest): 'none' | 'account' | 'self' {
  if (!statement.action(asked.action) || !statement.resource(asked.resource)) return 'none'
  const match = statement.principal(asked.principal)
  return match !== 'none' && statement.conditions.every((condition) => condition(asked.context))
    ? match
    : 'none'
}
