import { expect, test } from 'vitest'
import { FrameBuffers } from './frame-buffers.ts'

const kib = 1024

test('a long frame that is given back is the memory of a later one', () => {
  const buffers = new FrameBuffers()
  const first = buffers.take(100 * kib)
  expect(first).toHaveLength(100 * kib)
  buffers.giveBack(first)
  const second = buffers.take(128 * kib)
  expect(second.buffer).toBe(first.buffer)
  expect(buffers.take(100 * kib).buffer).not.toBe(first.buffer)
})

test('a frame counts once, however often it is given back', () => {
  const buffers = new FrameBuffers()
  const frame = buffers.take(100 * kib)
  buffers.giveBack(frame)
  buffers.giveBack(frame)
  expect(buffers.take(100 * kib).buffer).not.toBe(buffers.take(100 * kib).buffer)
})

test('short frames, and very long ones, are not kept', () => {
  const buffers = new FrameBuffers()
  for (const bytes of [1 * kib, 5_000 * kib]) {
    const frame = buffers.take(bytes)
    expect(frame).toHaveLength(bytes)
    frame.write('mine')
    buffers.giveBack(frame)
    const later = [buffers.take(bytes), buffers.take(bytes)]
    expect(
      later.some(({ byteOffset, buffer }) => buffer === frame.buffer && byteOffset === frame.byteOffset),
    ).toBe(false)
  }
})

test('no more than 8 MiB are kept', () => {
  const buffers = new FrameBuffers()
  const frames = Array.from({ length: 10 }, () => buffers.take(1_024 * kib))
  const theirs = new Set(frames.map(({ buffer }) => buffer))
  for (const frame of frames) buffers.giveBack(frame)
  const again = Array.from({ length: 10 }, () => buffers.take(1_024 * kib))
  expect(again.filter(({ buffer }) => theirs.has(buffer))).toHaveLength(8)
})
