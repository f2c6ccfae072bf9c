/** Asking before something is changed. Questions go to stderr, so that stdout stays data. */
import { createInterface } from 'node:readline/promises'
import type { CommandContext } from '@pinpipe/service/command'
import { Failure } from '@pinpipe/service/failure'

/**
 * Lets the user type the expected word; anything else, and the end of input, is a refusal.
 * @throws Failure (exit 3), with `otherwise` as its sentence when nobody can be asked
 */
export async function confirm(
  context: CommandContext,
  options: { readonly question: string; readonly expected: string; readonly otherwise: string },
): Promise<void> {
  if (!context.isInteractive) throw new Failure(options.otherwise, { exit: 'refused' })
  const terminal = createInterface({ input: context.stdin, output: context.stderr })
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([terminal.question(options.question, { signal: context.drain }), ended])
    if (answer.trim() !== options.expected) {
      throw new Failure(`nothing was changed: the answer was not "${options.expected}"`, { exit: 'refused' })
    }
  } finally {
    terminal.close()
  }
}
