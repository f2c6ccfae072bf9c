/** What an API is: one file beside this one declares its schema, its versions and its handler. */

import { type Access } from '../access.ts'
import { type Broker } from '../brokers.ts'
import { type Cluster } from '../cluster.ts'
import { type Pins } from '../log/pins.ts'
import { type LoginSession } from '../login/login-session.ts'
import { type Reader } from '../wire/reader.ts'
import { type Decoded, type Encoded, type Fields } from '../wire/field.ts'
import { structCodec } from '../wire/struct-codec.ts'
import { type Writer } from '../wire/writer.ts'

/** Who asks, and where. */
export type RequestContext = {
  readonly cluster: Cluster
  /** The broker that the client is connected to. */
  readonly broker: Broker
  /** All that the broker speaks, for ApiVersions. */
  readonly apis: Iterable<Pick<AnyApi, 'key' | 'versions'>>
  readonly version: number
  readonly clientId: string
  /** As Kafka writes it: `/127.0.0.1`. */
  readonly clientHost: string
  /** Aborts when the connection is gone: nobody waits for an answer any more. */
  readonly gone: AbortSignal
  /** Who is behind the connection. */
  readonly login: LoginSession
  /** What they may do. */
  readonly access: Access
  /** Holds what the answer is a view of, until it is sent. */
  readonly pins: Pins
}

/** `undefined`: no answer is sent (Produce with acks=0). `'hang-up'`: the connection is closed instead. */
type Answer<A extends Fields> = Encoded<A> | undefined | 'hang-up'

type Declaration<N extends string, Q extends Fields, A extends Fields> = {
  readonly name: N
  readonly key: number
  /** The lowest and the highest version that are implemented. */
  readonly versions: readonly [number, number]
  /** First version with compact types and tagged fields (KIP-482); none by default. */
  readonly flexibleFrom?: number
  readonly request: Q
  readonly response: A
  readonly handle: (context: RequestContext, request: Decoded<Q>) => Answer<A> | Promise<Answer<A>>
  /** The answer when the request as a whole is refused with this code: at the wrong time, by a bug, or by a fault. */
  readonly refuse: (request: Decoded<Q>, code: number, version: number, message?: string) => Encoded<A>
}

/** One request, read, and what can be done with it. */
export type Exchange = {
  /** The decoded request: an object with the fields of the API's schema. */
  readonly request: unknown
  handle(context: RequestContext): Promise<Reply>
  refuse(code: number, message?: string): Reply
}
/** Writes the answer's body; the time goes into its `throttleTimeMs`. Or no answer, or the end of the connection. */
export type Reply = ((body: Writer, throttleTimeMs?: number) => void) | undefined | 'hang-up'

/** An API, whatever its messages are. */
export type AnyApi = {
  readonly name: string
  readonly key: number
  readonly versions: readonly [number, number]
  isFlexible(version: number): boolean
  /** @throws MalformedMessage */
  open(version: number, reader: Reader): Exchange
}

export type Api<Q extends Fields, A extends Fields, N extends string = string> = AnyApi &
  Declaration<N, Q, A> & {
    codecs(version: number): Codecs<Q, A>
  }

type Codecs<Q extends Fields, A extends Fields> = {
  readonly request: ReturnType<typeof structCodec<Q>>
  readonly response: ReturnType<typeof structCodec<A>>
}

export function defineApi<const N extends string, const Q extends Fields, const A extends Fields>(
  declaration: Declaration<N, Q, A>,
): Api<Q, A, N> {
  const made = new Map<number, Codecs<Q, A>>()
  const isFlexible = (version: number): boolean =>
    version >= (declaration.flexibleFrom ?? Number.POSITIVE_INFINITY)
  const codecs = (version: number): Codecs<Q, A> => {
    const known = made.get(version)
    if (known !== undefined) return known
    const form = { version, flexible: isFlexible(version) }
    const fresh = {
      request: structCodec(declaration.request, form),
      response: structCodec(declaration.response, form),
    }
    made.set(version, fresh)
    return fresh
  }
  const open = (version: number, reader: Reader): Exchange => {
    const { request: requestCodec, response } = codecs(version)
    const request = requestCodec.read(reader)
    const reply =
      (answer: Encoded<A>) =>
      (body: Writer, throttleTimeMs = 0): void => {
        response.write(body, throttleTimeMs === 0 ? answer : { ...answer, throttleTimeMs })
      }
    return {
      request,
      async handle(context) {
        const answer = await declaration.handle(context, request)
        return answer === undefined || answer === 'hang-up' ? answer : reply(answer)
      },
      refuse: (code, message) => reply(declaration.refuse(request, code, version, message)),
    }
  }
  return { ...declaration, isFlexible, codecs, open }
}
