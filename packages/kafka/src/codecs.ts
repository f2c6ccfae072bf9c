/** The compressions that kafkajs does not bring (K11): registered once per process, for reading and, zstd, for writing. */

import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import { decompressLz4Frame } from './lz4-frame.ts'
import { decompressSnappy } from './snappy-stream.ts'

type Codec = {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

const zstdCompressed = promisify(zstdCompress)
const zstdDecompressed = promisify(zstdDecompress)

export const zstdCodec: Codec = {
  compress: (encoder) => zstdCompressed(encoder.buffer),
  decompress: (buffer) => zstdDecompressed(buffer),
}

export const snappyCodec: Codec = {
  compress: () => Promise.reject(readOnlyCodec('snappy')),
  decompress: (buffer) => Promise.resolve(decompressSnappy(buffer)),
}

export const lz4Codec: Codec = {
  compress: () => Promise.reject(readOnlyCodec('lz4')),
  decompress: (buffer) => Promise.resolve(decompressLz4Frame(buffer)),
}

function readOnlyCodec(name: string): Error {
  return new Error(`${name} can be read but not written here: send with none, gzip or zstd`)
}

/** Idempotent; kafkajs keeps its codecs per process. */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCodec
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec
}
