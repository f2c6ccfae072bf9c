import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from './frame-socket.ts'

function framed(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** Hands the bytes over in pieces, in one buffer that is used again. */
function takeInPieces(reader: FrameReader, bytes: Buffer, pieces: readonly number[]): void {
  const buffer = Buffer.alloc(bytes.length)
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = Math.min(bytes.length - at, pieces[i % pieces.length] ?? 1)
    bytes.copy(buffer, 0, at, at + length)
    reader.take(buffer.subarray(0, length))
    buffer.fill(0xff)
    at += length
  }
}

test('frames come out whole and in order, however the bytes arrive', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
  const pieces = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 })
  fc.assert(
    fc.property(bodies, pieces, (sent, sizes) => {
      const frames: Buffer[] = []
      const reader = new FrameReader((frame) => frames.push(frame))
      takeInPieces(reader, Buffer.concat(sent.map(framed)), sizes)
      expect(frames).toEqual(sent.map(framed))
    }),
  )
})

test('what is no frame is handed on as it comes, and takes no memory on its word', () => {
  const frames: Buffer[] = []
  const reader = new FrameReader((frame) => frames.push(frame))
  const text = Buffer.from('HTTP/1.1 400 Bad Request')
  takeInPieces(reader, text, [3, 7])
  expect(Buffer.concat(frames)).toEqual(text)
  expect(frames.length).toBeGreaterThan(1)
})
