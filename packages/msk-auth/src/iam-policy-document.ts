/**
 * Reads a policy document into statements that are ready to be evaluated. Nothing is let pass that IAM's grammar does not
 * have (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html), or that is not known here.
 */

import { MskAuthError } from './errors.ts'
import { type Condition, conditionOf } from './iam-conditions.ts'
import { likeMatcher, type Matcher, resourceMatcher, resourceProblem } from './iam-patterns.ts'
import {
  isSpared,
  type Principal,
  principalEntry,
  principalMatch,
  type PrincipalMatch,
  principalTypeOf,
} from './iam-principals.ts'

/** Attached to a user or role; attached to a resource, such as a bucket; a role's trust policy. */
export type PolicyKind = 'identity' | 'resource' | 'trust'

export type CompiledStatement = {
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  /** Of a name in lower case. */
  readonly action: Matcher
  readonly resource: Matcher
  readonly principal: (principal: Principal | undefined) => PrincipalMatch
  readonly conditions: readonly Condition[]
}

export type Policy = { readonly kind: PolicyKind; readonly statements: readonly CompiledStatement[] }

const policyElements = ['Version', 'Id', 'Statement']
const actionElements = ['Action', 'NotAction']
const resourceElements = ['Resource', 'NotResource']
const principalElements = ['Principal', 'NotPrincipal']
const statementElements = [
  'Sid',
  'Effect',
  'Condition',
  ...actionElements,
  ...resourceElements,
  ...principalElements,
]

/** @throws {MskAuthError} INVALID_POLICY for a document that IAM would refuse, or that holds what is not known here */
export function parsePolicy(json: string, kind: PolicyKind): Policy {
  const place = 'the policy'
  const policy = fieldsOf(parsedJson(json), place)
  refuseOthers(policy, policyElements, place)
  const { Version: version = '2008-10-17' } = policy
  if (version !== '2012-10-17' && version !== '2008-10-17')
    refuse(place, 'its Version is neither 2012-10-17 nor 2008-10-17')
  if (kind === 'identity' && 'Id' in policy) refuse(place, 'an Id is for policies of resources only')
  const statements = listOf(policy['Statement'])
  if (statements.length === 0) refuse(place, 'it has no Statement')
  const compiled = statements.map((statement, index) =>
    compile(statement, kind, `statement ${index + 1} of the policy`),
  )
  const sids = compiled.flatMap(({ sid }) => sid ?? [])
  if (new Set(sids).size < sids.length) refuse(place, 'two statements have the same Sid')
  return { kind, statements: compiled }
}

/** JSON.parse would keep the last of two elements of the same name, where IAM refuses the document. */
function parsedJson(json: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch (error) {
    return refuse('the policy', `it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const strings = json.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)
  const names = [...strings].filter(([, colon]) => colon !== undefined).length
  if (names > countNames(parsed)) refuse('the policy', 'an element is there twice in the same place')
  return parsed
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const below = Object.values(value).reduce<number>((sum, inner) => sum + countNames(inner), 0)
  return Array.isArray(value) ? below : below + Object.keys(value).length
}

function compile(value: unknown, kind: PolicyKind, place: string): CompiledStatement {
  const statement = fieldsOf(value, place)
  refuseOthers(statement, statementElements, place)
  const { Sid: sid, Effect: effect } = statement
  if (sid !== undefined && typeof sid !== 'string') return refuse(place, 'its Sid is not text')
  if (kind !== 'resource' && !/^[A-Za-z0-9]*$/.test(sid ?? ''))
    return refuse(place, 'its Sid holds more than letters and digits')
  if (effect !== 'Allow' && effect !== 'Deny') return refuse(place, 'its Effect is neither Allow nor Deny')
  return {
    sid,
    effect,
    action: actionOf(statement, place),
    resource: resourceOf(statement, kind, place),
    principal: principalOf(statement, kind, place),
    conditions: conditionsOf(statement['Condition'], place),
  }
}

function actionOf(statement: Fields, place: string): Matcher {
  const element = oneOf(statement, actionElements, place)
  const actions = textsOf(statement[element], `${element} of ${place}`)
  for (const action of actions) {
    if (!/^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i.test(action))
      refuse(
        place,
        `${JSON.stringify(action)} is no action: write <service>:<name>, wildcards in the name only`,
      )
  }
  const isMeant = anyOf(actions.map((action) => likeMatcher(action.toLowerCase())))
  return element === 'Action' ? isMeant : (action) => !isMeant(action)
}

function resourceOf(statement: Fields, kind: PolicyKind, place: string): Matcher {
  if (kind === 'trust') {
    if (resourceElements.some((element) => element in statement))
      refuse(place, 'a trust policy names no resource: it belongs to its role')
    return () => true
  }
  const element = oneOf(statement, resourceElements, place)
  const resources = textsOf(statement[element], `${element} of ${place}`)
  for (const resource of resources) {
    const problem = resourceProblem(resource)
    if (problem !== undefined) refuse(place, `the resource ${JSON.stringify(resource)} ${problem}`)
  }
  const isMeant = anyOf(resources.map(resourceMatcher))
  return element === 'Resource' ? isMeant : (resource) => !isMeant(resource)
}

function principalOf(statement: Fields, kind: PolicyKind, place: string): CompiledStatement['principal'] {
  if (kind === 'identity') {
    if (principalElements.some((element) => element in statement))
      refuse(place, 'a policy of a user or role names no principal: it belongs to its own')
    return () => 'self'
  }
  const element = oneOf(statement, principalElements, place)
  const list = principalListOf(statement[element], `${element} of ${place}`)
  return element === 'Principal'
    ? (principal) => principalMatch(list, principal)
    : (principal) => (isSpared(list, principal) ? 'none' : 'self')
}

function principalListOf(value: unknown, place: string): ReadonlySet<string> {
  if (value === '*') return new Set(['*'])
  const entries = Object.entries(fieldsOf(value, place)).flatMap(([name, ids]) => {
    const type = principalTypeOf(name)
    if (type === undefined) return refuse(place, `${name} is no kind of principal`)
    return textsOf(ids, place).map(
      (id) => principalEntry(type, id) ?? refuse(place, `${JSON.stringify(id)} is not one ${type} principal`),
    )
  })
  return entries.length > 0 ? new Set(entries) : refuse(place, 'it names nobody')
}

function conditionsOf(value: unknown, place: string): readonly Condition[] {
  if (value === undefined) return []
  const operators = Object.entries(fieldsOf(value, `Condition of ${place}`))
  return operators.flatMap(([operator, keys]) =>
    Object.entries(fieldsOf(keys, `${operator} of ${place}`)).map(([key, values]) => {
      const texts = textsOf(listOf(values).map(textOfScalar), `${key} of ${place}`)
      try {
        return conditionOf(operator, key, texts)
      } catch (error) {
        return refuse(place, error instanceof RangeError ? error.message : String(error))
      }
    }),
  )
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(place, 'it is not an object')
  return Object.fromEntries(Object.entries(value))
}

function refuseOthers(fields: Fields, known: readonly string[], place: string): void {
  const other = Object.keys(fields).find((name) => !known.includes(name))
  if (other !== undefined) refuse(place, `${JSON.stringify(other)} is no element of the policy language`)
}

function oneOf(statement: Fields, elements: readonly string[], place: string): string {
  const [element, ...more] = elements.filter((name) => name in statement)
  return element === undefined || more.length > 0
    ? refuse(place, `it needs either ${elements.join(' or ')}`)
    : element
}

/** One text, or a list of at least one. */
function textsOf(value: unknown, place: string): readonly string[] {
  const texts = listOf(value).map((text) =>
    typeof text === 'string' ? text : refuse(place, 'it is not text'),
  )
  if (texts.length === 0) refuse(place, 'it is empty')
  const variable = texts.find((text) => text.includes('${'))
  if (variable !== undefined)
    refuse(place, `${JSON.stringify(variable)} has a policy variable, which is not supported here`)
  return texts
}

function textOfScalar(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return (text) => matchers.some((matcher) => matcher(text))
}

function refuse(place: string, problem: string): never {
  throw new MskAuthError('INVALID_POLICY', `${place} cannot be used: ${problem}`)
}
