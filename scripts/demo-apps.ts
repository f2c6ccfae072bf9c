/** Runs the apps from source for the demo, as a developer would, and shows how far they are. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { compileCache } from '@pinpipe/local-stack/environment'

const root = join(import.meta.dirname, '..')
const apps = { producer: 'apps/producer', consumer: 'apps/consumer', topics: 'apps/topic-admin' } as const

/** @returns its standard output @throws Error when it fails; it has said why on standard error */
export type RunApp = (app: keyof typeof apps, args: readonly string[]) => Promise<string>

export function appRunner(brokers: string, topicPrefix: string): RunApp {
  return async (app, args) => {
    process.stdout.write(`   $ pnpm ${app} ${args.join(' ')}\n`)
    const child = spawn(process.execPath, [`${apps[app]}/src/main.ts`, ...args], {
      cwd: root,
      env: {
        ...process.env,
        ...compileCache,
        KAFKA_BROKERS: brokers,
        TOPIC_PREFIX: topicPrefix,
        // Log lines are not what a newcomer looks for.
        LOG_LEVEL: 'warn',
        ...(app === 'topics' ? {} : { PINPIPE_PROGRESS: 'bar' }),
      },
      stdio: ['ignore', 'pipe', process.stderr.isTTY ? 'inherit' : 'pipe'],
    })
    if (child.stderr !== null) showLines(child.stderr)
    const [stdout, code] = await Promise.all([text(child.stdout ?? Readable.from([])), exitOf(child)])
    if (code !== 0) throw new Error(`the ${app} app ended with exit code ${code}`)
    return stdout
  }
}

const toLineStart = '\u001B[G'

/** Where there is no terminal, each state of the live line becomes a line of its own. */
function showLines(stderr: NonNullable<ChildProcess['stderr']>): void {
  let last = ''
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    for (const part of chunk.split(toLineStart)) {
      // A long state is broken into lines for the width of a terminal.
      const line = stripVTControlCharacters(part).replaceAll('\n', '')
      if (line !== '' && line !== last) process.stderr.write(`   ${line}\n`)
      last = line
    }
  })
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
}
