/**
 * How a run can fail, as a closed list. Exit codes are fixed by the project's contract; every app uses this table.
 */
export const exitCodes = {
  done: 0,
  failed: 1,
  differences: 2,
  refused: 3,
  auth: 4,
  unreachable: 5,
  usage: 64,
} as const

export type ExitCodeName = keyof typeof exitCodes

const knownExitCodes: ReadonlySet<number> = new Set(Object.values(exitCodes))

/**
 * A failure we know: its message is one sentence that says what to do. The user sees the sentence, never a stack.
 * `exit` defaults to `failed` (1). `canRetry` says whether the same call may work later; it defaults to false.
 */
export class Failure extends Error {
  readonly exitCode: number
  readonly canRetry: boolean

  constructor(
    message: string,
    options: { readonly exit?: ExitCodeName; readonly canRetry?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = new.target.name
    this.exitCode = exitCodes[options.exit ?? 'failed']
    this.canRetry = options.canRetry ?? false
  }
}

/** Wrong flags, variables or files that hold settings: exit code 64. Holds every problem found, not just the first. */
export class UsageFailure extends Failure {
  readonly problems: readonly string[]

  constructor(problems: string | readonly string[], options: { readonly cause?: unknown } = {}) {
    const all = typeof problems === 'string' ? [problems] : problems
    super(usageMessage(all), { exit: 'usage', ...options })
    this.problems = all
  }
}

function usageMessage(problems: readonly string[]): string {
  const [first] = problems
  if (problems.length === 1 && first !== undefined) return first
  return `${problems.length} problems with the settings:${problems.map((problem) => `\n  - ${problem}`).join('')}`
}

/** Whether an error is one of the known failures: any Error with a numeric `exitCode` of the table other than 0. */
export function isKnownFailure(error: unknown): error is Error & { readonly exitCode: number } {
  if (!(error instanceof Error) || !('exitCode' in error)) return false
  return typeof error.exitCode === 'number' && error.exitCode !== 0 && knownExitCodes.has(error.exitCode)
}

/**
 * The exit code for an error. It is structural (a numeric `exitCode` of the table), so that packages that do not
 * import this one can take part. Everything else is 1.
 */
export function exitCodeOf(error: unknown): number {
  return isKnownFailure(error) ? error.exitCode : exitCodes.failed
}

/**
 * One line for the user, without a stack. The lines of a known failure stay as they are written
 * (a list of problems has one a line); the message of an unknown error is folded into one line.
 */
export function sentenceOf(error: unknown): string {
  if (isKnownFailure(error)) return error.message
  const text = oneLine(messageOf(error))
  if (error instanceof Error && !isPlain(error)) return `${error.name}: ${text}`
  return text
}

function isPlain(error: Error): boolean {
  // System errors carry the call, the code and the address in their message; a class name adds nothing.
  return error.name === 'Error' || error.name === 'AggregateError' || 'code' in error
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `unexpected: ${typeof error === 'string' ? error : describe(error)}`
  if (error.message !== '') return error.message
  // Node's happy-eyeballs connect rejects with an AggregateError that has no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(messageOf))].join(', ')
  }
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? 'unexpected error without a message' : messageOf(error.cause)
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim()
}
