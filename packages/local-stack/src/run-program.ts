// Runs a program to its end and returns what it wrote.
import { spawn } from 'node:child_process'
import { type Environment, environment } from './environment.ts'

export type Outcome = { readonly stdout: string; readonly stderr: string; readonly code: number }

export type RunOptions = {
  readonly env?: Environment
  readonly cwd?: string
  /** Written to its stdin. */
  readonly input?: string
  /** Killed after that long; then `code` is 124, as `timeout` of coreutils has it. */
  readonly timeoutMs?: number
}

/** Runs to the end; `code` 127 when the program does not exist. Never throws for a failed program. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...environment, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let isLate = false
  const text = (code: number): Outcome => ({
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    code,
  })
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          isLate = true
          child.kill('SIGKILL')
        }, options.timeoutMs)
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  child.on('error', (error) => {
    clearTimeout(timer)
    stderr.push(Buffer.from(error.message))
    resolve(text(127))
  })
  child.on('close', (code) => {
    clearTimeout(timer)
    try {
      resolve(text(isLate ? 124 : (code ?? 1)))
    } catch (error) {
      // More than a string can hold (512 MiB).
      reject(error)
    }
  })
  return await promise
}

/** Runs to the end and returns its stdout. @throws Error with the program's last lines when it fails. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { stdout, stderr, code } = await runProgram(command, args, options)
  if (code !== 0) {
    const tail = `${stdout}\n${stderr}`.trimEnd().split('\n').slice(-15).join('\n')
    throw new Error(`${command} ended with code ${code}:\n${tail}`)
  }
  return stdout
}
