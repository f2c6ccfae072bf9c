/** Frames of requests, for clients of tests. */

import { type Api } from '../api/api.ts'
import { type Encoded, type Fields } from '../wire/field.ts'
import { Writer } from '../wire/writer.ts'

/** A whole frame: length, request header (version 1 or 2), body. */
export function requestFrame<Q extends Fields, A extends Fields>(
  api: Pick<Api<Q, A>, 'key' | 'isFlexible' | 'codecs'>,
  request: Encoded<Q>,
  {
    version,
    correlationId,
    clientId,
  }: { readonly version: number; readonly correlationId: number; readonly clientId: string },
): Buffer {
  const body = new Writer()
  body.int32(0)
  body.int16(api.key)
  body.int16(version)
  body.int32(correlationId)
  body.int16(Buffer.byteLength(clientId))
  body.bytes(Buffer.from(clientId))
  if (api.isFlexible(version)) body.unsignedVarint(0)
  api.codecs(version).request.write(body, request)
  const frame = Buffer.concat(body.finish())
  frame.writeInt32BE(frame.length - 4, 0)
  return frame
}
