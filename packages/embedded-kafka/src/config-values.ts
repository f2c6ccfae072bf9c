/** Which values a topic's settings may have. Pure. */

import { type ConfigKey, type ConfigType } from './config-keys.ts'

/** Against a value: as Kafka shows it, and what is wrong with it. */
type Reason = { readonly shown: string; readonly text: string }

const limits = {
  int: { from: -(2n ** 31n), to: 2n ** 31n - 1n },
  long: { from: -(2n ** 63n), to: 2n ** 63n - 1n },
} as const

/** Why a value is refused, in Kafka's words; `undefined` for a good one. */
export function valueProblem(name: string, key: ConfigKey, value: string): string | undefined {
  const reason = checks[key.type](key, value)
  return reason === undefined
    ? undefined
    : `Invalid value ${reason.shown} for configuration ${name}: ${reason.text}`
}

type Check = (key: ConfigKey, value: string) => Reason | undefined

const reasonAgainstBoolean: Check = (_, value) =>
  /^(true|false)$/i.test(value.trim())
    ? undefined
    : { shown: value, text: 'Expected value to be either true or false' }

const reasonAgainstList: Check = (key, value) =>
  (value.trim() === '' ? [] : value.split(','))
    .map((part) => reasonAgainstOne(key, part.trim()))
    .find((reason) => reason !== undefined)

const reasonAgainstInteger: Check = (key, value) => {
  const text = value.trim()
  const { from, to } = key.type === 'int' ? limits.int : limits.long
  const isNumber = /^[+-]?\d+$/.test(text) && BigInt(text) >= from && BigInt(text) <= to
  if (!isNumber) return { shown: value, text: `Not a number of type ${key.type.toUpperCase()}` }
  return reasonAgainstNumber(key, Number(text), text)
}

const reasonAgainstDouble: Check = (key, value) => {
  const text = value.trim()
  const number = Number(text)
  if (text === '' || Number.isNaN(number)) return { shown: value, text: 'Not a number of type DOUBLE' }
  return reasonAgainstNumber(key, number, Number.isInteger(number) ? `${number}.0` : String(number))
}

const checks: Readonly<Record<ConfigType, Check>> = {
  boolean: reasonAgainstBoolean,
  string: reasonAgainstOne,
  list: reasonAgainstList,
  int: reasonAgainstInteger,
  long: reasonAgainstInteger,
  double: reasonAgainstDouble,
}

function reasonAgainstOne({ oneOf }: ConfigKey, value: string): Reason | undefined {
  if (oneOf === undefined || oneOf.includes(value)) return undefined
  return { shown: value, text: `String must be one of: ${oneOf.join(', ')}` }
}

function reasonAgainstNumber(
  { atLeast, atMost }: ConfigKey,
  value: number,
  shown: string,
): Reason | undefined {
  if (atLeast !== undefined && value < atLeast) return { shown, text: `Value must be at least ${atLeast}` }
  if (atMost !== undefined && value > atMost) return { shown, text: `Value must be no more than ${atMost}` }
  return undefined
}
