/** Doing the same to several topics: what fails is listed with its reason, the others are done. */
import { exitCodeOf, exitCodes, sentenceOf } from '@pinpipe/service/failure'
import type { CommandContext } from '@pinpipe/service/command'
import { print } from './output.ts'

export type FailedTopic = { readonly topic: string; readonly reason: string; readonly exitCode: number }

export type Work = { readonly done: readonly string[]; readonly failures: readonly FailedTopic[] }

/**
 * Does `work` for one item after the other. After a failure that will hit every other one as well (no connection, no
 * login) and after a signal the rest is not tried; it is listed like what failed.
 */
export async function forEachTopic<T extends { readonly topic: string }>(
  items: readonly T[],
  drain: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<Work> {
  const done: string[] = []
  const failures: FailedTopic[] = []
  let stopped: number | undefined
  for (const item of items) {
    if (stopped === undefined && drain.aborted) stopped = exitCodes.failed
    if (stopped !== undefined) {
      failures.push({ topic: item.topic, reason: 'not tried', exitCode: stopped })
      continue
    }
    try {
      await work(item)
      done.push(item.topic)
    } catch (error) {
      const exitCode = exitCodeOf(error)
      failures.push({ topic: item.topic, reason: sentenceOf(error), exitCode })
      if (exitCode === exitCodes.unreachable || exitCode === exitCodes.auth) stopped = exitCode
    }
  }
  return { done, failures }
}

/**
 * Lists failures on stderr, one line each, and tells the exit code: 0 without any, the common one if all of the work
 * failed in the same way, otherwise 1.
 */
export async function reportFailures(context: CommandContext, work: Work): Promise<number> {
  const [first] = work.failures
  if (first === undefined) return exitCodes.done
  for (const failure of work.failures)
    await print(context.stderr, `topics: ${failure.topic}: ${failure.reason}\n`)
  const isUniform = work.done.length === 0 && work.failures.every((each) => each.exitCode === first.exitCode)
  return isUniform ? first.exitCode : exitCodes.failed
}

/** Failures as they stand in JSON and YAML. */
export function failureDocuments(failures: readonly FailedTopic[]): readonly object[] {
  return failures.map(({ topic, reason }) => ({ topic, reason }))
}
