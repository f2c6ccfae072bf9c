/**
 * The wildcards of IAM, compiled once: `*` is any text, `?` any one character. The patterns come from whoever writes policies,
 * the texts from whoever makes requests: many wildcards in one pattern cost time, which only the former can bring about.
 */

export type Matcher = (text: string) => boolean

const anyCharacter = '[^]'
const noColon = '[^:]'
const arnSegments = 6

/** `StringLike`, and the names of actions: wildcards stand for anything. */
export function likeMatcher(pattern: string): Matcher {
  return matcherOf(pattern, sourceOf(pattern, anyCharacter))
}

/**
 * `Resource`: a wildcard stays within its segment of the ARN, but for a `*` that ends one, and for the last segment, where
 * colons are names' own (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function resourceMatcher(pattern: string): Matcher {
  const segments = segmentsOf(pattern).map((segment, index) =>
    index < arnSegments - 1
      ? sourceOf(segment, noColon).replace(/\[\^:\]\*$/, `${anyCharacter}*`)
      : sourceOf(segment, anyCharacter),
  )
  return matcherOf(pattern, segments.join(':'))
}

/** Why this cannot stand in `Resource`, or `undefined`. */
export function resourceProblem(pattern: string): string | undefined {
  if (pattern === '*') return undefined
  const segments = segmentsOf(pattern)
  const isOpen = segments.at(-1)?.endsWith('*') === true
  if (segments[0] !== 'arn' || (segments.length < arnSegments && !isOpen)) return 'is not an ARN'
  return /[*?]/.test(segments[2] ?? '') ? 'has a wildcard where an ARN names the service' : undefined
}

/** `ArnLike` and `ArnEquals`, which are the same: each of the six segments for itself. */
export function arnMatcher(pattern: string): Matcher {
  const segments = segmentsOf(pattern).map((segment, index) =>
    sourceOf(segment, index < arnSegments - 1 ? noColon : anyCharacter),
  )
  return matcherOf(pattern, segments.join(':'))
}

/** Whether a text has the six segments of an ARN; any of them may be a pattern but the first. */
export function isArnPattern(pattern: string): boolean {
  const segments = segmentsOf(pattern)
  return segments[0] === 'arn' && segments.length === arnSegments
}

/** The segments of an ARN; the last one may hold colons. */
export function segmentsOf(arn: string): readonly string[] {
  const parts = arn.split(':')
  const head = parts.slice(0, arnSegments - 1)
  const tail = parts.slice(arnSegments - 1)
  return tail.length === 0 ? head : [...head, tail.join(':')]
}

function matcherOf(pattern: string, source: string): Matcher {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern
  const regex = new RegExp(`^${source}$`, 'u')
  return (text) => regex.test(text)
}

function sourceOf(pattern: string, character: string): string {
  return pattern.replaceAll(/\*+|[^*]/gu, (piece) => {
    if (piece.startsWith('*')) return `${character}*`
    return piece === '?' ? character : piece.replace(/[\\^$.+()[\]{}|/]/, String.raw`\$&`)
  })
}
