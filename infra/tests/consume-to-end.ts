import { unique } from '@pinpipe/local-stack/stack-test'
import { runApp, summaryOf } from '../../e2e/run-app.ts'

/**
 * Runs the built consumer until everything in the topics of the catalogue is stored. `settings` are further variables.
 * @returns its summary @throws Error with what it said when it does not end well
 */
export async function consumeToEnd(
  lake: string,
  settings: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> {
  const env = { PINPIPE_LAKE: lake, PINPIPE_GROUP: unique('g'), PINPIPE_UNTIL_END: 'true', ...settings }
  const run = await runApp('consumer', [], { env })
  if (run.exit !== 0) throw new Error(`The consumer ended with ${run.exit}:\n${run.stderr}`)
  return summaryOf(run)
}
