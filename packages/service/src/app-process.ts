import { type Readable, type Writable } from 'node:stream'

/** What an app needs of the process it runs in: `process` itself, or `fakeProcess()` in a test. */
export type AppProcess = {
  /** As in Node: the program, the script, then what was typed. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  exitCode?: number | string | null | undefined
  on(event: string, listener: (value: unknown) => void): unknown
  off(event: string, listener: (value: unknown) => void): unknown
  exit(code: number): unknown
  getActiveResourcesInfo(): string[]
}
