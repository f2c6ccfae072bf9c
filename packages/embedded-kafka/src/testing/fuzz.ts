/**
 * Mutated requests against the dispatcher, without sockets. What holds for each: it is answered with a sound answer,
 * refused, or its connection is closed; nothing else is thrown, and whoever waits is answered when time passes.
 */

import { setImmediate as nextRound } from 'node:timers/promises'
import { type Api } from '../api/api.ts'
import { joinGroup } from '../api/join-group.ts'
import { syncGroup } from '../api/sync-group.ts'
import { Cluster } from '../cluster.ts'
import { type Reply } from '../connection.ts'
import { dispatch } from '../dispatcher.ts'
import { Pins } from '../log/pins.ts'
import { LoginSession } from '../login/login-session.ts'
import { ManualClock } from '../manual-clock.ts'
import { planTopic } from '../topic-creation.ts'
import { type Decoded, type Encoded, type Fields } from '../wire/field.ts'
import { MalformedMessage, Reader } from '../wire/reader.ts'
import { skipTags } from '../request-header.ts'
import { mutated } from './mutations.ts'
import { Random } from './random.ts'
import { requestFrame } from './request-frame.ts'
import { type Known, type ValidRequests, fuzzTopics, nothingKnown, validRequests } from './valid-requests.ts'

export type FuzzReport = {
  sent: number
  answered: number
  /** Answered with an error code. */
  refused: number
  /** Produce with acks=0. */
  unanswered: number
  closed: number
  /** Of all: those that were not answered at once. */
  waited: number
  /** JoinGroup and SyncGroup that the same member sent again before the answer: Kafka answers the last one only. */
  superseded: number
  slowestMs: number
  /** What must not happen: each with the request in hexadecimal. */
  readonly failures: string[]
  /** Memory in use each time that everything was put away. */
  readonly usedBytes: number[]
}

const batchSize = 50
const keptFailures = 20
/** Longer than any session, transaction, rebalance or long poll can be. */
const longestWaitMs = 2 ** 31
const apiVersionsKey = 18
const supersededKeys: ReadonlySet<number> = new Set([joinGroup.key, syncGroup.key])
const byKey = new Map(validRequests.map((valid) => [valid.api.key, valid]))

/** A request of any API in any version, mostly mutated. @returns the frame without its length */
export function fuzzedRequest(known: Known, random: Random): Buffer {
  const frameOfAny = (): Buffer => {
    const valid = random.pick(validRequests)
    const [lowest, highest] = valid.api.versions
    return valid.frame(lowest + random.below(highest - lowest + 1), known, random).subarray(4)
  }
  const request = frameOfAny()
  return random.chance(0.25) ? request : mutated(request, frameOfAny(), random)
}

export class Fuzz {
  readonly report: FuzzReport = {
    sent: 0,
    answered: 0,
    refused: 0,
    unanswered: 0,
    closed: 0,
    waited: 0,
    superseded: 0,
    slowestMs: 0,
    failures: [],
    usedBytes: [],
  }
  readonly cluster: Cluster
  readonly #random: Random
  readonly #clock = new ManualClock()
  readonly #known: Known = { ...nothingKnown }
  /** Requests that are not answered yet. */
  readonly #waiting = new Map<Buffer, AbortController>()

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.cluster = new Cluster({
      brokers: 1,
      host: '127.0.0.1',
      clock: this.#clock,
      maxBytes: 16 * 1024 * 1024,
      onFull: 'drop-oldest',
      autoCreateTopics: false,
      defaultPartitions: 1,
      groupTimes: {
        initialRebalanceDelayMs: 0,
        minSessionTimeoutMs: 1_000,
        maxSessionTimeoutMs: 1_800_000,
        maxSize: 1_000,
      },
    })
    this.#keepHouse()
  }

  /** Sends so many requests, in batches of concurrent connections, and lets everybody who waits come to an end. */
  async run(requests: number, usedMemory: () => number = () => 0): Promise<void> {
    const perRound = 50_000
    for (let left = requests; left > 0; left -= perRound) {
      for (let sent = 0; sent < Math.min(left, perRound); sent += batchSize) {
        const started = performance.now()
        for (let count = 0; count < batchSize; count++) this.#send(fuzzedRequest(this.#known, this.#random))
        await nextRound()
        this.report.slowestMs = Math.max(this.report.slowestMs, performance.now() - started)
        // Time passes, and some clients do not wait for their answers.
        this.#clock.advance(this.#random.below(2_000))
        for (const [, gone] of this.#waiting) if (this.#random.chance(0.1)) gone.abort()
      }
      this.#clock.advance(longestWaitMs)
      await nextRound()
      this.#checkAtRest()
      this.#keepHouse()
      this.report.usedBytes.push(usedMemory())
    }
    for (const error of this.cluster.internalErrors.last)
      this.report.failures.push(`internal error: ${String(error instanceof Error ? error.stack : error)}`)
  }

  /** A request as it should be: whether the broker still serves. */
  async call<Q extends Fields, A extends Fields>(
    api: Api<Q, A>,
    request: Encoded<Q>,
    version: number,
  ): Promise<Decoded<A>> {
    const frame = requestFrame(api, request, { version, correlationId: 1, clientId: 'fuzz' })
    const reply = await this.#dispatch(frame.subarray(4), new AbortController().signal)
    if (typeof reply === 'string') throw new Error(`${api.name} was not answered, but: ${reply}`)
    const reader = new Reader(Buffer.concat(reply.chunks).subarray(8))
    if (api.isFlexible(version)) skipTags(reader)
    return api.codecs(version).response.read(reader)
  }

  #send(request: Buffer): void {
    const gone = new AbortController()
    this.report.sent += 1
    let isSettled = false
    void this.#outcome(request, this.#dispatch(request, gone.signal)).finally(() => {
      isSettled = true
      this.#waiting.delete(request)
    })
    // Whoever does not wait is answered in the same round of the event loop.
    setImmediate(() => {
      if (isSettled) return
      this.report.waited += 1
      this.#waiting.set(request, gone)
    })
  }

  async #dispatch(request: Buffer, gone: AbortSignal): Promise<Reply> {
    const [broker] = this.cluster.brokers.all
    if (broker === undefined) throw new Error('the cluster has no broker')
    const pins = new Pins()
    try {
      const { cluster } = this
      const login = new LoginSession({ mechanisms: [], maxSessionMs: 0, clock: this.#clock })
      return await dispatch(request, { cluster, broker, clientHost: '/127.0.0.1', login, gone, pins })
    } finally {
      pins.release()
    }
  }

  async #outcome(request: Buffer, dispatched: Promise<Reply>): Promise<void> {
    try {
      const reply = await dispatched
      if (reply === 'hang-up') this.report.closed += 1
      else if (reply === 'nothing') this.report.unanswered += 1
      else this.#check(request, Buffer.concat(reply.chunks))
    } catch (error) {
      if (error instanceof MalformedMessage) this.report.closed += 1
      else this.#fail(error instanceof Error ? String(error.stack) : String(error), request)
    }
  }

  /** An answer must be one of its API's in its version, to this request. */
  #check(request: Buffer, frame: Buffer): void {
    const valid = byKey.get(request.readInt16BE(0))
    if (valid === undefined) return this.#fail('an API that is none was answered', request)
    const [lowest, highest] = valid.api.versions
    const asked = request.readInt16BE(2)
    const isFromFuture = valid.api.key === apiVersionsKey && (asked < lowest || asked > highest)
    const reader = new Reader(frame)
    if (reader.int32() !== frame.length - 4) return this.#fail('the length of the answer is wrong', request)
    if (reader.int32() !== request.readInt32BE(4)) return this.#fail('the answer is to another', request)
    const answer = readAnswer(valid, isFromFuture ? 0 : asked, reader)
    if (reader.remaining > 0) this.#fail(`the answer has ${reader.remaining} bytes too many`, request)
    if (hasError(answer)) this.report.refused += 1
    else this.report.answered += 1
    learn(this.#known, answer)
  }

  /** So much time has passed that nobody waits, and no group has members. */
  #checkAtRest(): void {
    for (const request of this.#waiting.keys())
      if (supersededKeys.has(request.readInt16BE(0))) this.report.superseded += 1
      else this.#fail('it was never answered', request)
    this.#waiting.clear()
    for (const { id, state, members } of this.cluster.groups.all())
      if (state !== 'Empty' || members.pending.size > 0)
        this.report.failures.push(`the group ${id} is ${state} and does not end`)
  }

  #fail(what: string, request: Buffer): void {
    if (this.report.failures.length < keptFailures)
      this.report.failures.push(`${what}\n  ${request.toString('hex')}`)
  }

  /** The topics as in the beginning, nothing that the requests created. */
  #keepHouse(): void {
    for (const topic of this.cluster.topics.all()) this.cluster.deleteTopic(topic)
    for (const name of fuzzTopics) {
      const configs = [{ name: 'cleanup.policy', value: name.slice('fuzz.'.length) }]
      const wish = { name, numPartitions: 3, replicationFactor: 1, assignments: [], configs }
      this.cluster.topics.create(planTopic(this.cluster, wish))
    }
    this.#known.topicId = this.cluster.topics.find(fuzzTopics[0])?.id ?? nothingKnown.topicId
  }
}

function readAnswer(valid: ValidRequests, version: number, reader: Reader): unknown {
  if (valid.api.isFlexible(version) && valid.api.key !== apiVersionsKey) skipTags(reader)
  return valid.readAnswer(version, reader)
}

/** Whether a field that holds an error code says so, at any depth. */
function hasError(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || Buffer.isBuffer(answer)) return false
  return Object.entries(answer).some(([name, value]: [string, unknown]) =>
    typeof value === 'number' ? /errorcode$/i.test(name) && value !== 0 : hasError(value),
  )
}

/** Ids that an answer tells are used in later requests. */
function learn(known: Known, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  const { memberId, generationId, producerId, producerEpoch } = answer as Partial<Known>
  if (typeof memberId === 'string' && memberId !== '') known.memberId = memberId
  if (typeof generationId === 'number' && generationId > 0) known.generationId = generationId
  if (typeof producerId === 'bigint' && producerId >= 0n) known.producerId = producerId
  if (typeof producerEpoch === 'number' && producerEpoch >= 0) known.producerEpoch = producerEpoch
}
