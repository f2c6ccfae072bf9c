/**
 * The LZ4 frame format, reading only (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). As in the Java
 * client, blocks must be independent. Checksums are not checked: the record batch around them has a CRC.
 */

import { decompressLz4Raw } from 'hyparquet-compressors'

const magic = 0x184d2204
const flag = {
  independent: 0x20,
  blockChecksum: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  dictionary: 0x01,
}
const isStored = 0x80000000

/** @throws {Error} when the data is cut off, damaged or of a kind that Kafka clients do not write. */
export function decompressLz4Frame(data: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at < data.length;) at = readFrame(data, at, blocks)
  return Buffer.concat(blocks)
}

/** Reads one frame from `start` and returns where it ends. */
function readFrame(data: Buffer, start: number, blocks: Buffer[]): number {
  if (data.length - start < 7 || data.readUInt32LE(start) !== magic) throw new Error('lz4: not an LZ4 frame')
  const flags = data.readUInt8(start + 4)
  if (flags >> 6 !== 1) throw new Error('lz4: unknown frame version')
  if ((flags & flag.independent) === 0) throw new Error('lz4: frames of dependent blocks are not supported')
  if ((flags & flag.dictionary) !== 0) throw new Error('lz4: frames with a dictionary are not supported')
  // Magic, FLG, BD, an optional content size, the header checksum.
  let at = start + 6 + (flags & flag.contentSize ? 8 : 0) + 1
  for (;;) {
    if (at + 4 > data.length) throw new Error('lz4: the frame ends inside a block length')
    const size = data.readUInt32LE(at)
    at += 4
    if (size === 0) break
    const length = size % isStored
    if (at + length > data.length) throw new Error('lz4: the frame ends inside a block')
    const block = data.subarray(at, at + length)
    blocks.push(size >= isStored ? block : plainBlock(block))
    at += length + (flags & flag.blockChecksum ? 4 : 0)
  }
  return at + (flags & flag.contentChecksum ? 4 : 0)
}

function plainBlock(block: Buffer): Buffer {
  const plain = decompressLz4Raw(block, plainLength(block))
  return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
}

/** A block does not say how long its plain data is: one walk over its sequences does. */
function plainLength(block: Buffer): number {
  let total = 0
  let at = 0
  const next = (): number => {
    const byte = block[at++]
    if (byte === undefined) throw new Error('lz4: the block ends inside a sequence')
    return byte
  }
  const extended = (length: number): number => {
    let sum = length
    if (length === 15) {
      let byte = 255
      while (byte === 255) sum += byte = next()
    }
    return sum
  }
  while (at < block.length) {
    const token = next()
    const literals = extended(token >> 4)
    total += literals
    at += literals
    if (at > block.length) throw new Error('lz4: the block ends inside its literals')
    // The last sequence has literals only.
    if (at === block.length) break
    at += 2
    total += extended(token & 0x0f) + 4
  }
  return total
}
