/** `-o`: the same result as a table for people, as JSON or YAML for programs, or as bare names for a shell loop. */
import type { Writable } from 'node:stream'
import { settingsSpec, types } from '@pinpipe/service/settings'
import { stringify } from 'yaml'

export const outputSettings = settingsSpec({
  output: {
    flag: 'output',
    aliases: ['o'],
    type: types.oneOf(['table', 'json', 'yaml', 'names']),
    default: 'table',
    description: 'How the result is written to stdout; json and yaml begin with "version": 1',
    group: 'Output',
  },
})

export type OutputFormat = 'table' | 'json' | 'yaml' | 'names'

export type Result = {
  /** For `json` and `yaml`; `version` is put in front. */
  readonly document: Readonly<Record<string, unknown>>
  /** For `names`, one a line. */
  readonly names: readonly string[]
  /** For `table`, with its line ends. */
  readonly text: string
}

/** Writes a result in the format asked for; resolves when it is handed over. */
export async function printResult(stdout: Writable, format: OutputFormat, result: Result): Promise<void> {
  await print(stdout, rendered(format, result))
}

function rendered(format: OutputFormat, result: Result): string {
  const document = { version: 1, ...result.document }
  const texts: Readonly<Record<OutputFormat, () => string>> = {
    json: () => `${JSON.stringify(document, undefined, 2)}
`,
    yaml: () => stringify(document),
    names: () =>
      result.names
        .map(
          (name) => `${name}
`,
        )
        .join(''),
    table: () => result.text,
  }
  return texts[format]()
}

/** Writes a text; resolves when it is handed over, rejects when the stream is closed. */
export async function print(stream: Writable, text: string): Promise<void> {
  if (text === '') return
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error == null ? resolve() : reject(error)))
  })
}
