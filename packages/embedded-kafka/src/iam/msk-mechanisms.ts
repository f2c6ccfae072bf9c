/** MSK's two ways to log in with IAM credentials, answered as MSK answers them, or as Apache Kafka does. */

import { randomUUID } from 'node:crypto'
import {
  LoginRefused,
  type VerifiedLogin,
  verifyFirstMessage,
  verifyToken,
} from '@pinpipe/msk-auth/token-verifier'
import { type Identity, type LoginContext, LoginFailed, type Mechanism, noBytes } from '../login/mechanism.ts'
import { type IamKey } from './iam-directory.ts'

type Verify = (nowMs: number) => VerifiedLogin<IamKey>

export type MskGate = {
  readonly nowMs: () => number
  readonly keyOf: (accessKeyId: string) => IamKey | undefined
  readonly region: string
  /** @throws LoginFailed */
  readonly letIn: (verified: VerifiedLogin<IamKey>, login: LoginContext) => Identity
  /** How a refused token is answered: MSK's error 58, or Apache Kafka's challenge (RFC 7628). */
  readonly failureShape: 'msk' | 'apache'
  /** Learns of each refusal with its true reason. */
  readonly onRefused: (refused: LoginRefused) => void
}

const separator = '\u0001'
/** What a client says to a challenge that tells it of its failure. */
const acknowledgement = separator

export function oauthBearer(gate: MskGate): Mechanism {
  return {
    name: 'OAUTHBEARER',
    begin(login) {
      let challenge: string | undefined
      return {
        next(message) {
          if (challenge !== undefined)
            throw new LoginFailed(message.toString() === acknowledgement ? challenge : '')
          const token = tokenIn(message.toString())
          if (token === undefined) throw new LoginFailed()
          const { keyOf, region } = gate
          try {
            const identity = admitted(gate, login, (nowMs) => verifyToken(token, { keyOf, region, nowMs }))
            return { answer: noBytes, identity }
          } catch (error) {
            if (!(error instanceof LoginFailed) || gate.failureShape === 'msk') throw error
            challenge = JSON.stringify({ status: 'invalid_token' })
            return { answer: Buffer.from(challenge) }
          }
        },
      }
    },
  }
}

/** `n,,^Aauth=Bearer <token>^A^A`, perhaps with other pairs (RFC 7628, section 3.1). */
function tokenIn(message: string): string | undefined {
  const [header = '', ...pairs] = message.split(separator)
  if (!/^n,(?:a=[^,]*)?,$/.test(header) || !message.endsWith(separator + separator)) return undefined
  const tokens = pairs.flatMap((pair) => /^auth=Bearer +(\S+)$/i.exec(pair)?.[1] ?? [])
  return tokens.length === 1 ? tokens[0] : undefined
}

export function awsMskIam(gate: MskGate): Mechanism {
  return {
    name: 'AWS_MSK_IAM',
    begin: (login) => ({
      next(message) {
        const { keyOf, region } = gate
        const identity = admitted(gate, login, (nowMs) =>
          verifyFirstMessage(message, { keyOf, region, nowMs }),
        )
        const answer = JSON.stringify({ version: '2020_10_22', 'request-id': randomUUID() })
        return { answer: Buffer.from(answer), identity }
      },
    }),
  }
}

/** MSK tells nobody why it refuses. */
function admitted(gate: MskGate, login: LoginContext, verify: Verify): Identity {
  try {
    return gate.letIn(verify(gate.nowMs()), login)
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error
    gate.onRefused(error)
    throw failure('Access denied')
  }
}

/** With a request id in front, as MSK writes it. */
export function failure(sentence: string): LoginFailed {
  return new LoginFailed(`[${randomUUID()}]: ${sentence}`)
}
