/**
 * Runs one command to its end and watches it from outside: wall time, CPU time and peak memory of that process, read from
 * `/proc` (Linux) every 20 ms, so that a peer in another language is measured the same way as our own apps.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

export type Measured = {
  /** From the start of the process to its end. */
  readonly wallMs: number
  /** User and system CPU time of the process, without its children. */
  readonly cpuMs: number
  readonly peakRssBytes: number
  /** CPU time that the servers took meanwhile. */
  readonly serversCpuMs: number
  /** Share (0–1) of the machine's CPU that went to anything else: the error bar of the run. */
  readonly othersShare: number
  readonly stdout: string
  readonly stderr: string
}

export type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const msPerTick = 10
const pollMs = 250
const longestRunMs = 300_000
const stopPatienceMs = 20_000

/**
 * Measures one run of a command; `servers` are the process ids of the servers that work for it. A command that does not
 * end by itself is measured until `isDone`, and then stopped.
 *
 * @throws Error when the command cannot be started or does not exit with 0; it holds the end of what it printed.
 */
export async function measure(
  run: Command,
  servers: readonly number[],
  isDone?: () => Promise<boolean>,
): Promise<Measured> {
  const before = machineNow(servers)
  const started = performance.now()
  const { PATH, HOME } = process.env
  const child = spawn(run.command, run.args, {
    // Nothing of the caller's settings.
    env: { PATH, HOME, ...run.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  let last = { cpuMs: 0, peakRssBytes: 0 }
  const sampler = setInterval(() => (last = processNow(child.pid) ?? last), 20)
  let wallMs = 0
  let after: ReturnType<typeof machineNow> | undefined
  const end = (): void => {
    clearInterval(sampler)
    wallMs ||= performance.now() - started
    after ??= machineNow(servers)
  }
  if (isDone !== undefined) void stopOnce(child, isDone, end)
  const exit = await new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', end)
    child.on('close', (code, signal) => resolve(String(code ?? signal)))
  }).finally(() => clearInterval(sampler))
  // 143 and SIGTERM: stopped by us.
  if (!(isDone === undefined ? ['0'] : ['0', '143', 'SIGTERM']).includes(exit))
    throw new Error(`${run.command} ended with ${exit}: ${(output.stderr || output.stdout).slice(-4_096)}`)
  after ??= machineNow(servers)
  const serversCpuMs = after.serversMs - before.serversMs
  const knownMs = last.cpuMs + serversCpuMs + (after.ownMs - before.ownMs)
  const othersMs = Math.max(0, after.busyMs - before.busyMs - knownMs)
  const othersShare = othersMs / (wallMs * availableParallelism())
  return { wallMs, ...last, serversCpuMs, othersShare, ...output }
}

/** Stops the process once it is done; `end` is called just before. */
async function stopOnce(child: ChildProcess, isDone: () => Promise<boolean>, end: () => void): Promise<void> {
  const deadline = performance.now() + longestRunMs
  // oxlint-disable-next-line no-await-in-loop -- asks again and again
  while (!(await isDone()) && performance.now() < deadline && child.exitCode === null) {
    // oxlint-disable-next-line no-await-in-loop -- one pause after the other
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  end()
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), stopPatienceMs).unref()
}

/** Waits until other processes left most of the CPU alone for a second; at most `patienceMs`. */
export async function waitForQuiet(patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  const secondMs = 1_000
  while (performance.now() < deadline) {
    const before = machineNow([]).busyMs
    // oxlint-disable-next-line no-await-in-loop -- one second after the other
    await new Promise((resolve) => setTimeout(resolve, secondMs))
    if ((machineNow([]).busyMs - before) / (secondMs * availableParallelism()) < 0.1) return
  }
}

/** CPU time and peak resident memory of a living process so far; nothing once it is gone. */
export function processNow(pid: number | undefined): { cpuMs: number; peakRssBytes: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const peakKb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (peakKb === undefined) return undefined
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
      peakRssBytes: Number(peakKb) * 1024,
    }
  } catch {
    return undefined
  }
}

/** CPU time so far: of the whole machine (time stolen by its host included), of the servers, of this process. */
function machineNow(servers: readonly number[]): { busyMs: number; serversMs: number; ownMs: number } {
  const ticks = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = ticks
  const own = process.cpuUsage()
  return {
    busyMs: (user + nice + system + irq + softIrq + steal) * msPerTick,
    serversMs: servers.reduce((sum, pid) => sum + (processNow(pid)?.cpuMs ?? 0), 0),
    ownMs: (own.user + own.system) / 1000,
  }
}
