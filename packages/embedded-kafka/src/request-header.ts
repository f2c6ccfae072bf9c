/** The head of each request, and the frame of each answer. */

import { type Reader } from './wire/reader.ts'
import { Writer } from './wire/writer.ts'

export type RequestHeader = {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  /** Empty when the client sends none. */
  readonly clientId: string
}

/** Reads the header of any API; `isFlexible` says whether tagged fields follow (header version 2). */
export function readRequestHeader(
  reader: Reader,
  isFlexible: (apiKey: number, apiVersion: number) => boolean,
): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const length = reader.int16()
  const clientId = length < 0 ? '' : reader.text(length)
  if (isFlexible(apiKey, apiVersion)) skipTags(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}

export function skipTags(reader: Reader): void {
  for (let left = reader.unsignedVarint(); left > 0; left--) {
    reader.unsignedVarint()
    reader.bytes(reader.unsignedVarint())
  }
}

/** A whole frame: length, correlation id, tagged fields of a flexible header, and what `write` adds. */
export function frameOf(
  correlationId: number,
  hasTags: boolean,
  write: (body: Writer) => void,
): readonly Buffer[] {
  const body = new Writer()
  body.int32(0)
  body.int32(correlationId)
  if (hasTags) body.unsignedVarint(0)
  write(body)
  const length = body.length - 4
  const chunks = body.finish()
  chunks[0]?.writeInt32BE(length, 0)
  return chunks
}
