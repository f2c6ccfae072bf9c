/**
 * The `Condition` element, by https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html:
 * all operators and keys have to hold, one value of a key is enough. Date and binary operators are not known here.
 */

import { BlockList, isIP } from 'node:net'
import { arnMatcher, isArnPattern, likeMatcher, type Matcher } from './iam-patterns.ts'

/** The value of a condition key in a request; a list for keys with several values. */
export type ContextValue = string | number | boolean | readonly string[]

/** The context of a request, its keys in lower case: IAM does not look at their case. */
export type Context = ReadonlyMap<string, ContextValue>

export type Condition = (context: Context) => boolean

/** Makes the test of one value in a request from one value in a policy. Undefined: the policy's value is wrong. */
type Comparison = (value: string) => Matcher | undefined

const numberPattern = /^-?\d+(\.\d+)?$/

const numeric =
  (compare: (asked: number, given: number) => boolean): Comparison =>
  (value) =>
    numberPattern.test(value)
      ? (asked) => numberPattern.test(asked) && compare(Number(asked), Number(value))
      : undefined

const arnLike: Comparison = (value) => (isArnPattern(value) ? arnMatcher(value) : undefined)

const comparisons = new Map<string, Comparison>(
  Object.entries({
    StringEquals: (value) => (asked) => asked === value,
    StringEqualsIgnoreCase: (value) => (asked) => asked.toLowerCase() === value.toLowerCase(),
    StringLike: likeMatcher,
    NumericEquals: numeric((asked, given) => asked === given),
    NumericLessThan: numeric((asked, given) => asked < given),
    NumericLessThanEquals: numeric((asked, given) => asked <= given),
    NumericGreaterThan: numeric((asked, given) => asked > given),
    NumericGreaterThanEquals: numeric((asked, given) => asked >= given),
    Bool: (value) => (value === 'true' || value === 'false' ? (asked) => asked === value : undefined),
    ArnEquals: arnLike,
    ArnLike: arnLike,
    IpAddress: ipAddress,
  }),
)

/** The negated operators, by what they negate. */
const negations = new Map(
  Object.entries({
    StringNotEquals: 'StringEquals',
    StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
    StringNotLike: 'StringLike',
    NumericNotEquals: 'NumericEquals',
    ArnNotEquals: 'ArnEquals',
    ArnNotLike: 'ArnLike',
    NotIpAddress: 'IpAddress',
  }),
)

/** One operator with one key, e.g. `ForAnyValue:StringLikeIfExists` and `aws:TagKeys`. @throws RangeError that says what is wrong */
export function conditionOf(operator: string, key: string, values: readonly string[]): Condition {
  if (!/^[a-z0-9-]+:.+$/i.test(key)) throw new RangeError(`${JSON.stringify(key)} is no condition key`)
  const name = key.toLowerCase()
  if (operator === 'Null') return nullCondition(name, values)
  const [, set, base = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/.exec(operator) ?? []
  const comparison = comparisons.get(negations.get(base) ?? base)
  if (comparison === undefined) throw new RangeError(`the condition operator ${operator} is not known here`)
  const matchers = values.map((value) => {
    const matcher = comparison(value)
    if (matcher === undefined)
      throw new RangeError(`${operator} cannot compare with ${JSON.stringify(value)}`)
    return matcher
  })
  const isNegated = negations.has(base)
  const holds: Matcher = (asked) => matchers.some((matcher) => matcher(asked)) !== isNegated
  if (set === undefined)
    return ofOneValue({ key, name, holds, whenMissing: isNegated || ifExists !== undefined })
  const isAll = set === 'ForAllValues'
  return (context) => {
    const value = context.get(name)
    if (value === undefined) return isAll || ifExists !== undefined
    // An empty text counts as no value.
    const asked = textsOf(value).filter((text) => text !== '')
    return isAll ? asked.every(holds) : asked.some(holds)
  }
}

function ofOneValue(test: {
  readonly key: string
  readonly name: string
  readonly holds: Matcher
  readonly whenMissing: boolean
}): Condition {
  return (context) => {
    const value = context.get(test.name)
    if (value === undefined) return test.whenMissing
    const [asked, ...more] = textsOf(value)
    if (asked !== undefined && more.length === 0) return test.holds(asked)
    throw new RangeError(`${test.key} has several values: compare it with ForAllValues or ForAnyValue`)
  }
}

/** `true`: the key is not there. */
function nullCondition(name: string, values: readonly string[]): Condition {
  const [isAbsent, ...more] = values
  if (more.length > 0 || (isAbsent !== 'true' && isAbsent !== 'false')) {
    throw new RangeError('Null is compared with either true or false')
  }
  return (context) => {
    const value = context.get(name)
    return (value === undefined || textsOf(value).length === 0) === (isAbsent === 'true')
  }
}

function textsOf(value: ContextValue): readonly string[] {
  return typeof value === 'object' ? value : [String(value)]
}

function ipAddress(value: string): Matcher | undefined {
  const [address = '', length] = value.split('/')
  const version = isIP(address)
  const longest = version === 4 ? 32 : 128
  if (version === 0 || !/^\d+$/.test(length ?? '0') || Number(length ?? 0) > longest) return undefined
  const range = new BlockList()
  range.addSubnet(address, Number(length ?? longest), version === 4 ? 'ipv4' : 'ipv6')
  return (asked) => {
    const askedVersion = isIP(asked)
    return askedVersion !== 0 && range.check(asked, askedVersion === 4 ? 'ipv4' : 'ipv6')
  }
}
