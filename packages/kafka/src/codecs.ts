/**
 * The compressions of record batches, for reading. kafkajs, which writes and reads older batches, gets those that it does
 * not bring (K11); of them only zstd is written.
 */

import { promisify } from 'node:util'
import { gunzip, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import { KafkaError } from './errors.ts'
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

/** By the number that a record batch has for it. */
const decompressions: Readonly<Record<number, (data: Buffer) => Promise<Buffer>>> = {
  1: promisify(gunzip),
  2: (data) => snappyCodec.decompress(data),
  3: (data) => lz4Codec.decompress(data),
  4: zstdDecompressed,
}

/** @param codec as in the attributes of a record batch. Rejects when the data is damaged. */
export async function decompress(codec: number, data: Buffer): Promise<Buffer> {
  const decompression = decompressions[codec]
  if (decompression === undefined) {
    throw new KafkaError('UNSUPPORTED', `compression ${codec} of record batches is not known here`)
  }
  return await decompression(data)
}

/** Idempotent; kafkajs keeps its codecs per process. */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCodec
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec
}
