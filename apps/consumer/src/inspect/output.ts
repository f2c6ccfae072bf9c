/** `-o`: the result of an inspection for people, or as JSON for programs. */
import type { Writable } from 'node:stream'
import { types } from '@pinpipe/service/settings'
import { writeLine } from '@pinpipe/service/summary'

export const outputSetting = {
  output: {
    flag: 'output',
    aliases: ['o'],
    type: types.oneOf(['table', 'json']),
    default: 'table',
    description: 'How the result is written to stdout; json begins with "version": 1',
    group: 'Output',
  },
} as const

/** Writes the lines, or the document with its version in front; bigint becomes text, what is undefined is left out. */
export async function printResult(
  stdout: Writable,
  output: 'table' | 'json',
  result: { readonly document: Readonly<Record<string, unknown>>; readonly lines: readonly string[] },
): Promise<void> {
  if (output === 'table') {
    for (const line of result.lines) await writeLine(stdout, line)
    return
  }
  const document = { version: 1, ...result.document }
  await writeLine(stdout, JSON.stringify(document, plain, 2))
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
