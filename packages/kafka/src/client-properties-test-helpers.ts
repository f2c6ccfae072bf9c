/** For the tests of client.properties and JAAS that compare with Java: one JVM reads all inputs at once. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Reads an oracle's answer piece by piece. */
export class OracleAnswer {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  text(): string {
    const length = this.int() * 2
    this.#at += length
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at))
      .swap16()
      .toString('utf16le')
  }
}

/** Gives the inputs to `fixtures/<oracle>.java`, whose header states the format of the answer. */
export async function askOracle(
  oracle: string,
  inputs: readonly Uint8Array[],
  jvmArguments: readonly string[] = [],
): Promise<OracleAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-oracle-'))
  try {
    const parts = inputs.flatMap((input) => [bytesOfInt(input.length), input])
    await writeFile(join(folder, 'in'), Buffer.concat([bytesOfInt(inputs.length), ...parts]))
    const program = join(import.meta.dirname, 'fixtures', `${oracle}.java`)
    await promisify(execFile)('java', [...jvmArguments, program, join(folder, 'in'), join(folder, 'out')])
    return new OracleAnswer(await readFile(join(folder, 'out')))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** `random(n)` draws a whole number below n; the same seed draws the same numbers. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

function bytesOfInt(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
