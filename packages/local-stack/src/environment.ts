// The one place of this package that reads the process: everything else takes these values as arguments with these defaults.
// oxlint-disable no-restricted-globals -- this file is the door
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process. */
export const environment: Environment = process.env

/** The Node that runs this process: the watchdog runs under the same one. */
export const nodeProgram: string = process.execPath

/** Where downloads are kept between runs: `$XDG_CACHE_HOME/pinpipe`, else `~/.cache/pinpipe`. */
export function cacheFolder(env: Environment = environment): string {
  const root = env['XDG_CACHE_HOME']
  return join(root === undefined || root === '' ? join(homedir(), '.cache') : root, 'pinpipe')
}

/** Variables for a Node that runs an app's source: it keeps the compiled code, which takes a third off each start. */
export const compileCache: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/pinpipe', import.meta.url)),
}
