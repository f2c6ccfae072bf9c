import { runFake } from '@pinpipe/service/fake-process'
import { z } from 'zod'
import { producerApp } from '../app.ts'

/** Runs the producer in this process, as its command line would, without progress. */
export function runProducer(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runFake(producerApp('0.0.0'), [...argv, '--progress', 'none', '--log-level', 'warn'], env)
}

const summaryShape = z.looseObject({
  posts: z.number(),
  records: z.number(),
  acked: z.number(),
  failed: z.number(),
  skipped: z.number(),
  invalid: z.number(),
  durationMs: z.number(),
  sendRetries: z.number(),
  sourceRetries: z.number(),
  runId: z.string(),
})

/** The summary: the last line of the output. */
export function summaryIn(output: string): z.infer<typeof summaryShape> {
  return summaryShape.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''))
}

const lineShape = z.object({ topic: z.string(), key: z.string(), value: z.record(z.string(), z.unknown()) })

/** The records of `--out stdout`. */
export function recordsIn(stdout: string): readonly z.infer<typeof lineShape>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineShape.parse(JSON.parse(line)))
}
