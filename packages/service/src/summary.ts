import { type Writable } from 'node:stream'

/**
 * Writes the summary of a run as one JSON line; bigint becomes text, an undefined field is left out. Resolves when the
 * stream has taken the line, rejects with the stream's error.
 */
export async function writeSummary(stream: Writable, summary: object): Promise<void> {
  await writeLine(
    stream,
    JSON.stringify(summary, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  )
}

/** Writes one line and waits until the stream has taken it, so that a slow reader slows the writer. */
export async function writeLine(stream: Writable, line: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(`${line}\n`, (error) => (error ? reject(error) : resolve()))
  })
}
