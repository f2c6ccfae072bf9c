/** Reads what was made of poison records, without any code of the app. */
import type { PoisonFormat } from './poison.ts'

export type Letter = {
  readonly offset: number
  readonly key: string | null
  readonly value: string | null
  readonly reason: string
  readonly base64?: readonly string[]
}

/** Key and value of a dead letter, as they were in Kafka. */
export function bytesOfLetter({ key, value, base64 = [] }: Letter): {
  key: Buffer | null
  value: Buffer | null
} {
  const bytesOf = (name: string, text: string | null): Buffer | null =>
    text === null ? null : Buffer.from(text, base64.includes(name) ? 'base64' : 'utf8')
  return { key: bytesOf('key', key), value: bytesOf('value', value) }
}

export type StoredValue = { readonly offset?: number; readonly value: string | Buffer | null }

/** Of a data object: lines as text, raw values as bytes. Parquet's content before it becomes a file is lines, too. */
export function storedValues(format: PoisonFormat, content: Buffer): StoredValue[] {
  switch (format) {
    case 'raw':
      return lengthFramed(content)
    case 'separator':
      return content
        .toString('latin1')
        .split('\n')
        .slice(0, -1)
        .map((value) => ({ value: Buffer.from(value, 'latin1') }))
    case 'envelope':
      return linesOf(content).map((line) => {
        const [, offset, value] =
          /^\{"topic":"[^"]*","partition":0,"offset":(\d+),.*?\},"value":(.*?)(?:,"base64":.*)?\}$/s.exec(
            line,
          ) ?? []
        return { offset: Number(offset), value: value ?? line }
      })
    default:
      return linesOf(content).map((value) => ({ value }))
  }
}

function linesOf(content: Buffer): string[] {
  return content.toString().split('\n').slice(0, -1)
}

function lengthFramed(content: Buffer): StoredValue[] {
  const values: StoredValue[] = []
  for (let at = 0; at < content.length;) {
    const length = content.readInt32BE(at)
    at += 4
    values.push({ value: length === -1 ? null : content.subarray(at, at + length) })
    at += Math.max(0, length)
  }
  return values
}
