/** The rules that every rendered document keeps, whatever module it is from: what a reviewer would look for in a state. */
import { type Resource } from './terraform-messages.ts'

/** A policy anywhere in a state: of a role, its trust, a bucket, a key, an endpoint. */
export type RenderedPolicy = {
  /** E.g. `module.roles.aws_iam_policy.app["consumer"] policy`. */
  readonly where: string
  readonly type: string
  readonly statements: readonly Statement[]
}

type Statement = {
  readonly Effect?: unknown
  readonly Principal?: unknown
  readonly Action?: unknown
  readonly Resource?: unknown
  readonly NotAction?: unknown
  readonly NotResource?: unknown
  readonly NotPrincipal?: unknown
}

/** Every attribute that holds a policy, found by its content: one that a new resource brings is not overlooked. */
export function policiesOf(resources: readonly Resource[]): readonly RenderedPolicy[] {
  return resources.flatMap(({ address, type, values }) =>
    Object.entries(values).flatMap(([attribute, value]) => {
      const statements = statementsOf(value)
      return statements === undefined ? [] : [{ where: `${address} ${attribute}`, type, statements }]
    }),
  )
}

/** What is wrong in a state, a sentence each. */
export function findFaults(
  resources: readonly Resource[],
  allowed: { readonly topicDeletion?: boolean } = {},
): readonly string[] {
  return [
    ...policiesOf(resources).flatMap((policy) => faultsOfPolicy(policy, allowed.topicDeletion ?? false)),
    ...resources.flatMap(faultsOfIngress),
    ...resources.flatMap(faultsOfSecrets),
  ]
}

function faultsOfPolicy({ where, type, statements }: RenderedPolicy, topicDeletion: boolean): string[] {
  return statements
    .filter(({ Effect }) => Effect !== 'Deny')
    .flatMap((statement) => {
      const actions = list(statement.Action)
      const faults: string[] = []
      if (['NotAction', 'NotResource', 'NotPrincipal'].some((name) => name in statement))
        faults.push('allows all but something')
      for (const action of actions) {
        if (action.includes('*')) faults.push(`allows ${action}: a part of a name`)
        if (/DeleteObject|DeleteBucket/.test(action)) faults.push(`allows ${action}`)
        if (/DeleteTopic/.test(action) && !topicDeletion)
          faults.push(`allows ${action}, which nobody asked for`)
      }
      // In a key's own policy `*` means that key and nothing else (AWS KMS: "Key policies").
      if (list(statement.Resource).includes('*') && type !== 'aws_kms_key') faults.push('allows any resource')
      // An endpoint's policy grants nothing to anybody: it bounds what passes (AWS PrivateLink: "Endpoint policies").
      if (isAnybody(statement.Principal) && type !== 'aws_vpc_endpoint') faults.push('allows anybody')
      return faults.map((fault) => `${where} ${fault}.`)
    })
}

function faultsOfIngress({ address, type, values }: Resource): string[] {
  const rules =
    type === 'aws_vpc_security_group_ingress_rule' ||
    (type === 'aws_security_group_rule' && values['type'] === 'ingress')
      ? [values]
      : objects(values['ingress'])
  const networks = rules.flatMap((rule) =>
    ['cidr_ipv4', 'cidr_ipv6', 'cidr_blocks', 'ipv6_cidr_blocks'].flatMap((name) => list(rule[name])),
  )
  // Two halves of the internet are the internet too.
  return networks
    .filter((network) => Number(network.split('/')[1]) < (network.includes(':') ? 32 : 8))
    .map((network) => `${address} lets ${network} in.`)
}

function faultsOfSecrets({ address, type, values }: Resource): string[] {
  const text = JSON.stringify(values)
  const faults: string[] = []
  if (type.startsWith('tls_')) faults.push(`${address} makes a key, which the state then holds.`)
  if (/PRIVATE KEY/.test(text)) faults.push(`${address} holds a private key.`)
  return faults
}

function statementsOf(value: unknown): readonly Statement[] | undefined {
  if (typeof value !== 'string' || !value.startsWith('{')) return undefined
  let document: unknown
  try {
    document = JSON.parse(value)
  } catch {
    return undefined
  }
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return undefined
  return objects(Array.isArray(document.Statement) ? document.Statement : [document.Statement])
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : []
}

function list(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string')
}

function isAnybody(principal: unknown): boolean {
  if (typeof principal === 'string') return principal === '*'
  return typeof principal === 'object' && principal !== null
    ? Object.values(principal).some((value) => list(value).includes('*'))
    : false
}
