/** Runs the consumer as a process of its own, so that it meets signals and AWS's own variables as an operator's does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { compileCache } from '@pinpipe/local-stack/environment'

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

export type Running = AsyncDisposable & {
  readonly ended: Promise<Ended>
  readonly stderr: string
  kill(signal: NodeJS.Signals): void
  /** Resolves when stderr holds the text; rejects when the process ends without it. */
  saw(text: string): Promise<void>
}

/** Starts its source with nothing of this process's environment but PATH. It is killed when it is disposed. */
export function startConsumer(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const main = join(import.meta.dirname, '..', 'main.ts')
  const child = spawn(process.execPath, [main, ...argv, '--progress', 'none'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...compileCache, ...env },
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (text: string) => (output[name] += text))
  }
  const ended = once(child, 'close').then(([code]): Ended => ({
    code: (code as number | null) ?? -1,
    ...output,
  }))
  return {
    ended,
    get stderr() {
      return output.stderr
    },
    kill: (signal) => child.kill(signal),
    async saw(text) {
      while (!output.stderr.includes(text)) {
        if (child.exitCode !== null) throw new Error(`the consumer ended without "${text}": ${output.stderr}`)
        await sleep(20)
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

export async function runConsumer(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  await using running = startConsumer(argv, env)
  return await running.ended
}

export type Summary = {
  readonly records: number
  readonly objects: number
  readonly deadObjects: number
  readonly bytes: number
  readonly rejected: number
  readonly partitions: number
  readonly peakMemoryBytes: number
  readonly durationMs: number
}

/** The last line on stdout. */
export function summaryIn({ stdout, stderr }: Ended): Summary {
  const last = stdout.trimEnd().split('\n').at(-1)
  if (last === undefined || last === '') throw new Error(`no summary: ${stderr}`)
  return JSON.parse(last) as Summary
}
