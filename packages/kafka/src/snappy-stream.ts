/**
 * Snappy as Kafka clients write it: the Java client in xerial's stream framing (snappy-java's SnappyOutputStream),
 * librdkafka and others as one raw block.
 */

import { decompressSnappy as decompressBlock } from 'hyparquet-compressors'

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic, a version and a compatible version. */
const xerialHeaderBytes = 16

/** @throws {Error} when the data is cut off or damaged. */
export function decompressSnappy(data: Buffer): Buffer {
  if (!data.subarray(0, xerialMagic.length).equals(xerialMagic)) return block(data)
  const blocks: Buffer[] = []
  for (let at = xerialHeaderBytes; at < data.length;) {
    if (at + 4 > data.length) throw new Error('snappy: the stream ends inside a block length')
    const length = data.readInt32BE(at)
    const end = at + 4 + length
    if (length < 0 || end > data.length) throw new Error('snappy: the stream ends inside a block')
    blocks.push(block(data.subarray(at + 4, end)))
    at = end
  }
  return Buffer.concat(blocks)
}

function block(data: Buffer): Buffer {
  const plain = decompressBlock(data, plainLength(data))
  return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
}

/** The length of the plain data: the varint at the head of a block (https://github.com/google/snappy, format description). */
function plainLength(data: Buffer): number {
  let length = 0
  for (let at = 0; at < 5; at++) {
    const byte = data[at]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return length
  }
  throw new Error('snappy: the block has no length')
}
