// Runs one server as a child of its own process and ends it when whoever asked for it is gone.
//
// Why a process of its own: a test run that is killed with SIGKILL cannot clean up, but the pipe to this process closes in
// every case, and then the server's whole process group is killed and its data removed.
//
//   node watchdog.ts <folder to remove, or ''> <command> [args…]
//   stdin:  one signal name a line, sent to the server's process group; end of input = the owner is gone
//   fd 3:   one JSON a line: {"pid":…} when started, {"sent":…} for each signal, {"code":…,"signal":…} when ended, {"error":…} when it could not start
// oxlint-disable no-restricted-globals -- this file is a process of its own
import { spawn } from 'node:child_process'
import { rmSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [folder = '', command = '', ...args] = process.argv.slice(2)

function report(message: object): void {
  try {
    writeSync(3, `${JSON.stringify(message)}\n`)
  } catch {
    // The owner is gone: the end of stdin says so too.
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
let isOrphan = false

function send(signal: string): void {
  if (server.pid === undefined) return
  try {
    process.kill(-server.pid, signal)
  } catch {
    // It has ended already.
  }
}

server.on('spawn', () => report({ pid: server.pid }))
server.on('error', (error) => {
  report({ error: error.message })
  process.exit(1)
})
server.on('exit', (code, signal) => {
  // A server may leave children behind.
  send('SIGKILL')
  if (isOrphan && folder !== '') rmSync(folder, { recursive: true, force: true })
  report({ code, signal })
  process.exit(0)
})

const commands = createInterface({ input: process.stdin })
commands.on('line', (line) => {
  send(line)
  report({ sent: line })
})
commands.on('close', () => {
  isOrphan = true
  send('SIGKILL')
})
