/** Mutated frames over real sockets, in pieces; each is followed by a sound request that shows what became of the connection. */

import { type Socket, connect } from 'node:net'
import { setImmediate as nextRound, setTimeout as pause } from 'node:timers/promises'
import { apiVersions } from '../api/api-versions.ts'
import { FrameReader } from '../frame-reader.ts'
import { type ManualClock } from '../manual-clock.ts'
import { fuzzedRequest } from './fuzz.ts'
import { Random } from './random.ts'
import { requestFrame } from './request-frame.ts'
import { nothingKnown } from './valid-requests.ts'

export type SocketFuzzReport = {
  /** The connection still works: the sound request was answered. */
  served: number
  closed: number
  /** The frame says that it is longer than it is: the broker waits for the rest, until the client goes. */
  incomplete: number
}

type Outcome = keyof SocketFuzzReport

const soundId = 0x7fff_fff1
const sound = requestFrame(
  apiVersions,
  { clientSoftwareName: 'fuzz', clientSoftwareVersion: '1' },
  { version: 3, correlationId: soundId, clientId: 'fuzz' },
)
const connections = 20
/** Real time that the broker gets before its clock is moved on. */
const patienceMs = 25

/** @param clock of the broker: whoever waits there is answered by moving it */
export async function fuzzSockets(
  port: number,
  clock: ManualClock,
  { seed, requests }: { readonly seed: number; readonly requests: number },
): Promise<SocketFuzzReport> {
  const random = new Random(seed)
  const report: SocketFuzzReport = { served: 0, closed: 0, incomplete: 0 }
  const work = async (): Promise<void> => {
    for (let sent = 0; sent < requests / connections; sent++) report[await exchange(port, clock, random)] += 1
  }
  await Promise.all(Array.from({ length: connections }, work))
  return report
}

async function exchange(port: number, clock: ManualClock, random: Random): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  const outcome = outcomeOf(socket)
  const request = fuzzedRequest(nothingKnown, random)
  const bytes = Buffer.concat([lengthOf(request, random), request, sound])
  for (const piece of pieces(bytes, random)) {
    if (!socket.destroyed) socket.write(piece)
    await nextRound()
  }
  const gone = new AbortController()
  // Whoever waits for the rest of a frame is left after a while. Whoever has all of it must answer or close, however long it
  // takes on a busy machine: the limit of the test is the limit.
  const impatience = async (): Promise<Outcome> => {
    do {
      await pause(patienceMs, undefined, { signal: gone.signal })
      clock.advance(3_600_000)
    } while (!lacksItsEnd(bytes))
    return 'incomplete'
  }
  try {
    return await Promise.race([outcome, impatience()])
  } finally {
    gone.abort()
    socket.destroy()
  }
}

/** Whether the last frame, by the lengths in front of them, goes on beyond the bytes. */
function lacksItsEnd(bytes: Buffer): boolean {
  let at = 0
  while (at + 4 <= bytes.length) {
    const length = bytes.readInt32BE(at)
    if (length < 0) return false
    at += 4 + length
  }
  return at !== bytes.length
}

function outcomeOf(socket: Socket): Promise<Outcome> {
  const frames = new FrameReader(2 ** 30)
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      if (frames.push(chunk).some((frame) => frame.readInt32BE(0) === soundId)) resolve('served')
    })
    socket.on('error', () => resolve('closed'))
    socket.on('close', () => resolve('closed'))
  })
}

/** Mostly the truth. */
function lengthOf(request: Buffer, random: Random): Buffer {
  const length = Buffer.alloc(4)
  const lie = random.pick([
    0,
    -1,
    0x7fff_ffff,
    -0x8000_0000,
    99_000_000,
    request.length - 1,
    request.length + 1,
  ])
  length.writeInt32BE(random.chance(0.2) ? lie : request.length)
  return length
}

/** Cut anywhere, into one to four pieces. */
function pieces(bytes: Buffer, random: Random): readonly Buffer[] {
  const cuts = Array.from({ length: random.below(4) }, () => random.below(bytes.length)).toSorted(
    (a, b) => a - b,
  )
  return [0, ...cuts].map((from, at) => bytes.subarray(from, cuts[at] ?? bytes.length))
}
