/** Compression inside Parquet files: each page by itself, so the file's name says nothing of it. */
import { createHash } from 'node:crypto'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'

export const parquetCompressions = ['none', 'snappy', 'gzip', 'zstd'] as const
export type ParquetCompression = {
  readonly kind: (typeof parquetCompressions)[number]
  /** gzip 1–9, zstd 1–22. */
  readonly level: number
}

/** Of hyparquet-writer: another one may write the same rows in other bytes. */
const writerVersion = '0.17.0'

/** Parquet's name of the codec, and how a page is packed (snappy is in the writer). */
export type ParquetCodec = {
  readonly codec: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'ZSTD'
  readonly pack?: (page: Uint8Array) => Uint8Array
}

export function parquetCodec({ kind, level }: ParquetCompression): ParquetCodec {
  switch (kind) {
    case 'none':
      return { codec: 'UNCOMPRESSED' }
    case 'snappy':
      return { codec: 'SNAPPY' }
    case 'gzip':
      return { codec: 'GZIP', pack: (page) => gzipSync(page, { level }) }
    default: {
      const params = { [constants.ZSTD_c_compressionLevel]: level }
      return { codec: 'ZSTD', pack: (page) => zstdCompressSync(page, { params }) }
    }
  }
}

/**
 * Names everything that makes the bytes of a file out of its rows. The links of Parquet files have the digest of the
 * compressed bytes, and gzip and zstd come with Node: they are named by what they make of a sample.
 */
export function parquetEncoder(compression: ParquetCompression): string {
  const { pack } = parquetCodec(compression)
  const writer = `hyparquet-writer ${writerVersion}`
  if (pack === undefined) return writer
  const packed = createHash('sha256').update(pack(sample())).digest('hex').slice(0, 16)
  return `${writer}, ${compression.kind} ${packed}`
}

/** 64 KiB that are neither all alike nor all different. */
function sample(): Buffer {
  const lines = Array.from({ length: 2_000 }, (_, i) => `{"index":${i},"of":${(i * i) % 977}}`)
  return Buffer.from(lines.join('\n').slice(0, 64 * 1024))
}
