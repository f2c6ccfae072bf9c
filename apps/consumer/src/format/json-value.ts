/** Values of records as JSON, for what has to look into them: the last one is kept, as several look at the same record. */

/** The parsed value; undefined when it is not JSON. */
export type JsonReader = (value: Buffer) => unknown

/** A reader that parses a value once, however often it is asked for in a row. */
export function jsonReader(): JsonReader {
  let last: Buffer | undefined
  let parsed: unknown
  return (value) => {
    if (value === last) return parsed
    last = undefined
    try {
      parsed = JSON.parse(value.toString())
    } catch {
      parsed = undefined
    }
    last = value
    return parsed
  }
}

/** A member of an object by its own name; undefined for what is no object or has no such member. */
export function memberOf(parsed: unknown, name: string): unknown {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || !Object.hasOwn(parsed, name))
    return undefined
  return Reflect.get(parsed, name)
}

/** The third argument is newer than TypeScript's library (ECMAScript 2026, "JSON.parse source text access"). */
type Reviver = (
  this: unknown,
  key: string,
  member: unknown,
  context?: { readonly source?: string },
) => unknown

/**
 * The digits of a number as they stand in the text: a double would change those beyond 2^53.
 * @param name of a member of the outermost object
 */
export function numberText(value: Buffer, name: string): string | undefined {
  const byObject = new Map<unknown, string | undefined>()
  const note: Reviver = function (key, member, context) {
    if (key === name && typeof member === 'number') byObject.set(this, context?.source)
    return member
  }
  const root: unknown = JSON.parse(value.toString(), note)
  return byObject.get(root)
}
