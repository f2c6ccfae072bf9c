/**
 * A TCP proxy between a client and a Kafka broker that understands frame headers, for tests of faults: a response can be
 * lost, changed, or invented without asking the broker. It counts what it did, so that a test can assert the fault.
 * Metadata answers are changed so that clients stay on the proxy.
 */

import { type Socket, connect, createServer } from 'node:net'

export const apiKeys = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  metadata: 3,
  offsetCommit: 8,
  offsetFetch: 9,
  heartbeat: 12,
  apiVersions: 18,
  saslAuthenticate: 36,
  describeTopicPartitions: 75,
} as const

export type Exchange = {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
}

/** What happens to one request: changing its answer, losing it, answering in the broker's place, hanging up. */
export type Fault =
  | { readonly kind: 'change'; readonly answer: (body: Buffer) => Buffer }
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'answer'; readonly body: (request: Buffer) => Buffer }
  | { readonly kind: 'hang-up' }

export type KafkaProxy = AsyncDisposable & {
  /** `host:port` to give to clients as the broker. */
  readonly address: string
  /** Applies a fault to the next `times` requests of an API (for which `isMeant`, given the request, is true). */
  inject(apiKey: number, times: number, fault: Fault, isMeant?: (request: Buffer) => boolean): void
  /** Faults applied so far. */
  readonly injected: number
  /** Requests seen so far, by API key. */
  requests(apiKey: number): number
}

const headerBytes = 8

/** @param target `host:port` of a plaintext listener (SASL may run through it). */
export async function startKafkaProxy(target: string): Promise<KafkaProxy> {
  const [host = '', targetPort] = target.split(':')
  const faults: { apiKey: number; left: number; fault: Fault; isMeant: (request: Buffer) => boolean }[] = []
  const counts = new Map<number, number>()
  const sockets = new Set<Socket>()
  let injected = 0

  const faultFor = (apiKey: number, request: Buffer): Fault | undefined => {
    const planned = faults.find(
      (entry) => entry.apiKey === apiKey && entry.left > 0 && entry.isMeant(request),
    )
    if (planned === undefined) return undefined
    planned.left -= 1
    injected += 1
    return planned.fault
  }

  const server = createServer((client) => {
    const broker = connect(Number(targetPort), host)
    const underWay = new Map<number, Exchange & { fault: Fault | undefined }>()
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
    onFrames(client, (frame) => {
      const exchange = {
        apiKey: frame.readInt16BE(0),
        apiVersion: frame.readInt16BE(2),
        correlationId: frame.readInt32BE(4),
      }
      counts.set(exchange.apiKey, (counts.get(exchange.apiKey) ?? 0) + 1)
      const fault = faultFor(exchange.apiKey, frame)
      if (fault?.kind === 'hang-up') {
        client.destroy()
      } else if (fault?.kind === 'answer') {
        client.write(framed(answerWith(exchange.correlationId, fault.body(frame))))
      } else {
        underWay.set(exchange.correlationId, { ...exchange, fault })
        broker.write(framed(frame))
      }
    })
    onFrames(broker, (frame) => {
      const exchange = underWay.get(frame.readInt32BE(0))
      underWay.delete(frame.readInt32BE(0))
      const fault = exchange?.fault
      if (fault?.kind === 'lose-answer') return
      let body = frame.subarray(4)
      if (exchange?.apiKey === apiKeys.metadata && exchange.apiVersion <= 8)
        body = withPort(body, Number(targetPort), portOf())
      if (fault?.kind === 'change') body = fault.answer(body)
      client.write(framed(answerWith(frame.readInt32BE(0), body)))
    })
  })
  const portOf = (): number => {
    const bound = server.address()
    return typeof bound === 'object' ? (bound?.port ?? 0) : 0
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    address: `127.0.0.1:${portOf()}`,
    inject: (apiKey, times, fault, isMeant = () => true) =>
      faults.push({ apiKey, left: times, fault, isMeant }),
    get injected() {
      return injected
    },
    requests: (apiKey) => counts.get(apiKey) ?? 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function onFrames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const end = 4 + pending.readInt32BE(0)
      onFrame(pending.subarray(4, end))
      pending = pending.subarray(end)
    }
  })
}

function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(frame.length)
  return Buffer.concat([length, frame])
}

function answerWith(correlationId: number, body: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeInt32BE(correlationId)
  return Buffer.concat([header, body])
}

/** Metadata answers of version 3 to 8 begin with throttle time and brokers: [node id, host, port, rack]. */
function withPort(body: Buffer, from: number, to: number): Buffer {
  const changed = Buffer.from(body)
  let at = 4
  const brokers = changed.readInt32BE(at)
  at += 4
  for (let broker = 0; broker < brokers; broker++) {
    at += 4
    at += 2 + changed.readInt16BE(at)
    if (changed.readInt32BE(at) === from) changed.writeInt32BE(to, at)
    at += 4
    at += 2 + Math.max(0, changed.readInt16BE(at))
  }
  return changed
}

/** The topic and partition of a Produce request (version 3 to 7) for one partition. */
function producedTo(request: Buffer): { topic: Buffer; partition: number } {
  let at = headerBytes
  at += 2 + Math.max(0, request.readInt16BE(at)) // client id
  at += 2 + Math.max(0, request.readInt16BE(at)) // transactional id
  at += 2 + 4 + 4 // acks, timeout, one topic
  const length = request.readInt16BE(at)
  const topic = request.subarray(at + 2, at + 2 + length)
  at += 2 + length + 4
  return { topic, partition: request.readInt32BE(at) }
}

/** For `inject`: Produce requests to one partition. */
export function toPartition(partition: number): (request: Buffer) => boolean {
  return (request) => producedTo(request).partition === partition
}

/** A Produce answer (version 7) with an error code, for the request's partition; nothing reaches the broker. */
export function produceError(code: number): Fault {
  return {
    kind: 'answer',
    body: (request) => {
      const { topic, partition } = producedTo(request)
      const head = Buffer.alloc(6)
      head.writeInt32BE(1)
      head.writeInt16BE(topic.length, 4)
      const rest = Buffer.alloc(4 + 4 + 2 + 8 + 8 + 8 + 4)
      rest.writeInt32BE(1)
      rest.writeInt32BE(partition, 4)
      rest.writeInt16BE(code, 8)
      rest.writeBigInt64BE(-1n, 10)
      rest.writeBigInt64BE(-1n, 18)
      rest.writeBigInt64BE(-1n, 26)
      return Buffer.concat([head, topic, rest])
    },
  }
}

/** The broker appends, and the client is told an error code. */
export function errorAfterAppend(code: number): Fault {
  return {
    kind: 'change',
    answer: (body) => {
      const changed = Buffer.from(body)
      const topicLength = changed.readInt16BE(4)
      changed.writeInt16BE(code, 6 + topicLength + 4 + 4)
      return changed
    },
  }
}
