/**
 * Format `parquet`: the lines of a range, each a row of its table, become one file of columns once the range is sealed.
 * The bytes depend on the rows and the settings only: row groups are cut by rows and by bytes of their lines, not by how
 * the lines lie in memory.
 *
 * One row group is in memory as columns at a time, and between two of them the thread does something else.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Table } from '@pinpipe/schema/table'
import { schemaHeader } from '@pinpipe/schema/wire'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { Content } from '../content.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { memberOf } from './json-value.ts'
import { parquetCodec, type ParquetCompression } from './parquet-codec.ts'
import { parquetSchema, parquetValue } from './parquet-schema.ts'

const groupRows = 100_000
const groupBytes = 8 * 1024 * 1024
const lineFeed = 0x0a

/** The file. Chunks of the lines are given back as they are read. Every line must be a row of the table. */
export async function parquetFile(
  lines: Content,
  table: Table,
  options: { readonly compression: ParquetCompression; readonly budget: MemoryBudget },
): Promise<Content> {
  const { codec, pack } = parquetCodec(options.compression)
  const output = new ChunkWriter()
  const writer = new ParquetWriter({
    writer: output,
    schema: parquetSchema(table),
    codec,
    ...(pack && { compressors: { [codec]: pack } }),
    createdBy: 'pinpipe',
    kvMetadata: [{ key: 'pinpipe.schema', value: schemaHeader(table) }],
  })
  let group = new RowGroup(table)
  const write = async (): Promise<void> => {
    await writer.write({ columnData: group.columns, rowGroupSize: group.rows })
    group = new RowGroup(table)
    await nextTurn()
  }
  for (const chunk of lines.drain()) {
    for (const line of linesIn(chunk)) {
      group.add(line)
      // oxlint-disable-next-line no-await-in-loop -- one row group after the other
      if (group.isFull) await write()
    }
  }
  if (group.rows > 0) await write()
  await writer.finish()
  return Content.holding(options.budget, output.chunks)
}

/** A chunk of content holds whole lines. */
function* linesIn(chunk: Buffer): Generator<Buffer> {
  for (let start = 0; start < chunk.length;) {
    const end = chunk.indexOf(lineFeed, start)
    yield chunk.subarray(start, end)
    start = end + 1
  }
}

class RowGroup {
  readonly #table: Table
  readonly #columns: unknown[][]
  #rows = 0
  #bytes = 0

  constructor(table: Table) {
    this.#table = table
    this.#columns = table.columns.map(() => [])
  }

  get rows(): number {
    return this.#rows
  }

  get isFull(): boolean {
    return this.#rows >= groupRows || this.#bytes >= groupBytes
  }

  get columns(): { readonly name: string; readonly data: unknown[] }[] {
    return this.#table.columns.map(({ name }, i) => ({ name, data: this.#columns[i] ?? [] }))
  }

  add(line: Buffer): void {
    const row: unknown = JSON.parse(line.toString())
    for (const [i, column] of this.#table.columns.entries())
      this.#columns[i]?.push(parquetValue(column, memberOf(row, column.name)))
    this.#rows++
    this.#bytes += line.length
  }
}

/** Keeps what is written in a buffer for each row group. */
class ChunkWriter extends ByteWriter {
  readonly chunks: Buffer<ArrayBuffer>[] = []

  flush(): void {
    this.chunks.push(Buffer.from(this.getBuffer()))
    this.index = 0
  }

  override finish(): void {
    this.flush()
  }
}
