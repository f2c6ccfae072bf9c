/**
 * One connection of a client. As in Kafka, its requests are answered one after the other: the next one is looked at
 * when the answer to the one before is on its way. A client that does not read its answers is not read from.
 */

import { type Socket } from 'node:net'
import { FrameBuffers } from './frame-buffers.ts'
import { FrameReader } from './frame-reader.ts'
import { Pins } from './log/pins.ts'

/** What to do about one frame: send the chunks of an answer's frame, nothing, or end the connection. */
export type Reply = Answer | 'nothing' | 'hang-up'
/** After the last answer the connection ends. */
export type Answer = { readonly chunks: readonly Buffer[]; readonly isLast: boolean }
/** `pins` are released, and the frame is used again, when the answer is sent. `gone` aborts with the connection. */
export type Respond = (
  frame: Buffer,
  connection: { readonly gone: AbortSignal; readonly pins: Pins },
) => Promise<Reply>

const buffers = new FrameBuffers()

/**
 * Serves a socket until it is closed, by whichever side. Never throws.
 * @param open makes the socket that hands each read to `onRead`, for the time of the call
 */
export function serve(
  open: (onRead: (bytes: Buffer) => void) => Socket,
  maxFrameBytes: number,
  respond: Respond,
): Socket {
  const frames = new FrameReader(maxFrameBytes, buffers)
  const waiting: Buffer[] = []
  const gone = new AbortController()
  let busy = false

  const answer = async (frame: Buffer): Promise<void> => {
    const pins = new Pins()
    const done = (): void => {
      pins.release()
      buffers.giveBack(frame)
    }
    try {
      const reply = await respond(frame, { gone: gone.signal, pins })
      if (reply === 'hang-up') socket.destroy()
      if (typeof reply === 'string' || socket.destroyed) return done()
      const hasRoom = send(socket, reply.chunks, done)
      if (reply.isLast) socket.destroySoon()
      else if (!hasRoom) await drained(socket)
    } catch {
      socket.destroy()
      done()
    }
  }
  const work = async (): Promise<void> => {
    busy = true
    for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) {
      await answer(frame)
      if (socket.destroyed || socket.writableEnded) return
    }
    busy = false
    socket.resume()
  }

  const socket = open((bytes) => {
    try {
      waiting.push(...frames.push(bytes))
    } catch {
      socket.destroy()
      return
    }
    if (waiting.length === 0) return
    if (busy) socket.pause()
    else void work()
  })
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => gone.abort())
  return socket
}

/** @param done called when the chunks are sent, or never will be */
function send(socket: Socket, chunks: readonly Buffer[], done: () => void): boolean {
  let hasRoom = true
  socket.cork()
  for (const [at, chunk] of chunks.entries())
    hasRoom = at === chunks.length - 1 ? socket.write(chunk, done) : socket.write(chunk)
  socket.uncork()
  return hasRoom
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
