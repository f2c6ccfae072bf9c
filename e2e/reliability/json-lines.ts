/** Files of one JSON value a line. A line that a killed writer left half written is passed over if it is the last. */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** Reads the file anew each time it is iterated, piece by piece: it may be larger than memory. */
export function jsonLines<T>(file: string): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const { line, isLast } of linesOf(file)) {
        if (line === '') continue
        try {
          yield JSON.parse(line) as T
        } catch (error) {
          if (!isLast)
            throw new Error(`${file} has a line that is not JSON: ${line.slice(0, 100)}`, { cause: error })
        }
      }
    },
  }
}

function* linesOf(file: string): Generator<{ readonly line: string; readonly isLast: boolean }> {
  const descriptor = openSync(file, 'r')
  try {
    const decoder = new StringDecoder('utf8')
    const chunk = Buffer.alloc(1 << 20)
    let rest = ''
    for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield { line, isLast: false }
    }
    yield { line: rest, isLast: true }
  } finally {
    closeSync(descriptor)
  }
}
