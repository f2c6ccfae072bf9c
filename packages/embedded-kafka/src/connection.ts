/**
 * One connection of a client. As in Kafka, its requests are answered one after the other: the next one is looked at
 * when the answer to the one before is on its way. A client that does not read its answers is not read from.
 */

import { type Socket } from 'node:net'
import { FrameReader } from './frame-reader.ts'

/** What to do about one frame: chunks of the answer's frame, nothing, or the end of the connection. */
export type Reply = readonly Buffer[] | 'nothing' | 'hang-up'
export type Respond = (frame: Buffer, gone: AbortSignal) => Promise<Reply>

/** Serves the socket until it is closed, by whichever side. Never rejects. */
export function serve(socket: Socket, maxFrameBytes: number, respond: Respond): void {
  const frames = new FrameReader(maxFrameBytes)
  const waiting: Buffer[] = []
  const gone = new AbortController()
  let busy = false

  const work = async (): Promise<void> => {
    busy = true
    for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) {
      const reply = await respond(frame, gone.signal)
      if (reply === 'hang-up') socket.destroy()
      else if (reply !== 'nothing' && !socket.destroyed && !send(socket, reply)) await drained(socket)
      if (socket.destroyed) return
    }
    busy = false
    socket.resume()
  }

  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => gone.abort())
  socket.on('data', (chunk: Buffer) => {
    try {
      waiting.push(...frames.push(chunk))
    } catch {
      socket.destroy()
      return
    }
    if (waiting.length === 0 || busy) {
      if (waiting.length > 0) socket.pause()
      return
    }
    work().catch(() => socket.destroy())
  })
}

function send(socket: Socket, chunks: readonly Buffer[]): boolean {
  socket.cork()
  let hasRoom = true
  for (const chunk of chunks) hasRoom = socket.write(chunk)
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
