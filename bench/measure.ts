/**
 * Runs one command to its end and watches it from outside: wall time, CPU time and peak memory of that process, read from
 * `/proc` (Linux) every 20 ms, so that a peer in another language is measured the same way as our own apps.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type Measurement = {
  readonly wallMs: number
  /** User and system CPU time of the process, without its children. */
  readonly cpuMs: number
  readonly peakRssBytes: number
  readonly stdout: string
}

const clockTicksPerSecond = 100

/**
 * Measures one run of a command.
 *
 * @throws Error when the command cannot be started or does not exit with 0; it holds the end of what it printed.
 */
export async function measure(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measurement> {
  const started = performance.now()
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout
    .setEncoding('utf8')
    .on('data', (text: string) => (output.stdout = (output.stdout + text).slice(-65_536)))
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (output.stderr = (output.stderr + text).slice(-4_096)))
  let last = { cpuMs: 0, peakRssBytes: 0 }
  const sampler = setInterval(() => (last = sample(child.pid) ?? last), 20)
  const exit = await new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(String(code ?? signal)))
  }).finally(() => clearInterval(sampler))
  if (exit !== '0') throw new Error(`${command} ended with ${exit}: ${output.stderr}`)
  return { wallMs: performance.now() - started, ...last, stdout: output.stdout }
}

/** CPU time and peak resident memory of a living process so far; nothing once it is gone. */
export function sample(pid: number | undefined): { cpuMs: number; peakRssBytes: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const ticks = Number(fields[11]) + Number(fields[12])
    const peakKb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (peakKb === undefined) return undefined
    return { cpuMs: (ticks * 1000) / clockTicksPerSecond, peakRssBytes: Number(peakKb) * 1024 }
  } catch {
    return undefined
  }
}
