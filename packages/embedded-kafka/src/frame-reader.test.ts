import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from './frame-reader.ts'
import { MalformedMessage } from './wire/reader.ts'

function framed(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

test('frames come out as they went in, however the stream is cut', () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 })
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
  fc.assert(
    fc.property(frames, cuts, (bodies, sizes) => {
      const reader = new FrameReader(1_000)
      const stream = Buffer.concat(bodies.map(framed))
      const seen: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        seen.push(...reader.push(stream.subarray(at, at + size)))
        at += size
      }
      expect(seen.map((frame) => frame.toString('hex'))).toEqual(
        bodies.map((body) => Buffer.from(body).toString('hex')),
      )
    }),
  )
})

test('a length over the limit, or below zero, is refused before anything is allocated', () => {
  for (const length of ['000003e9', '7fffffff', 'ffffffff'])
    expect(() => new FrameReader(1_000).push(Buffer.from(length, 'hex'))).toThrow(MalformedMessage)
})
