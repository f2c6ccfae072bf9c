/**
 * Where each row stands in a file of JSON lines. One pass reads the keys; the rows stay on disk, and a lookup reads
 * them again by their place. Memory: one map entry per row.
 */

import { createReadStream } from 'node:fs'
import { type FileHandle } from 'node:fs/promises'
import { normaliseDateTimes } from '@pinpipe/schema/wire'
import { type Row, type Table } from '@pinpipe/schema/table'
import { Failure } from '@pinpipe/service/failure'

type Place = { readonly startBytes: number; readonly endBytes: number }

const newline = 10

/** Reads that lie closer together than this are one read. */
const gapBytes = 4096
const readBytes = 1024 * 1024

export class JsonlIndex {
  readonly table: Table
  readonly path: string
  readonly #file: FileHandle
  readonly #places: ReadonlyMap<number, Place>

  private constructor(table: Table, path: string, file: FileHandle, places: ReadonlyMap<number, Place>) {
    this.table = table
    this.path = path
    this.#file = file
    this.#places = places
  }

  /**
   * Reads the keys of a file. Throws a Failure naming file and line when a line is not a JSON object, has no whole
   * number as key, or repeats a key: dropping such a line would lose a row without a word.
   */
  static async read(table: Table, path: string, file: FileHandle): Promise<JsonlIndex> {
    const places = new Map<number, Place>()
    let lines = 0
    for await (const { bytes, startBytes } of linesOf(path)) {
      lines++
      if (bytes.length === 0 || bytes.toString('latin1').trim() === '') continue
      const row = parseRow(bytes, `${path} line ${lines}`)
      const key = row[table.key]
      if (typeof key !== 'number' || !Number.isSafeInteger(key)) {
        throw new Failure(
          `${path} line ${lines}: ${table.key} is not a whole number, so the row belongs to no post: correct the file`,
        )
      }
      if (places.has(key)) {
        throw new Failure(`${path} line ${lines} repeats the ${table.key} ${key}: keep one row of each index`)
      }
      places.set(key, { startBytes, endBytes: startBytes + bytes.length })
    }
    return new JsonlIndex(table, path, file, places)
  }

  get size(): number {
    return this.#places.size
  }

  keys(): Iterable<number> {
    return this.#places.keys()
  }

  /** The rows of those indexes that the file has. Dates with a `T` come in wire form. */
  async rows(indexes: readonly number[]): Promise<readonly Row[]> {
    const places = indexes
      .flatMap((index) => this.#places.get(index) ?? [])
      .toSorted((a, b) => a.startBytes - b.startBytes)
    const rows: Row[] = []
    for (let from = 0; from < places.length;) {
      let to = from + 1
      while (to < places.length && isNear(places[from], places[to - 1], places[to])) to++
      rows.push(...(await this.#readRun(places.slice(from, to))))
      from = to
    }
    return rows
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #readRun(places: readonly Place[]): Promise<readonly Row[]> {
    const startBytes = places[0]?.startBytes ?? 0
    const buffer = Buffer.alloc((places.at(-1)?.endBytes ?? startBytes) - startBytes)
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, startBytes)
    if (bytesRead < buffer.length)
      throw new Failure(`${this.path} became shorter while it was read: start again`)
    return places.map((place) => {
      const bytes = buffer.subarray(place.startBytes - startBytes, place.endBytes - startBytes)
      return normaliseDateTimes(this.table, parseRow(bytes, this.path))
    })
  }
}

function isNear(first: Place | undefined, last: Place | undefined, next: Place | undefined): boolean {
  if (first === undefined || last === undefined || next === undefined) return false
  return next.startBytes - last.endBytes <= gapBytes && next.endBytes - first.startBytes <= readBytes
}

function parseRow(bytes: Buffer, where: string): Row {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (isRow(value)) return value
  } catch (error) {
    // The parser's own message quotes the line, and a line may hold what does not belong into a log.
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Failure(`${where} is not a JSON object: correct the file, one row a line`)
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function* linesOf(path: string): AsyncGenerator<{ bytes: Buffer; startBytes: number }> {
  let rest: Buffer = Buffer.alloc(0)
  let startBytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) {
    const data: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, from)) {
      yield { bytes: data.subarray(from, end), startBytes: startBytes + from }
      from = end + 1
    }
    rest = data.subarray(from)
    startBytes += from
  }
  if (rest.length > 0) yield { bytes: rest, startBytes }
}
