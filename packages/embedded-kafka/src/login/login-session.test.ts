import { expect, test } from 'vitest'
import { metadata } from '../api/metadata.ts'
import { saslAuthenticate } from '../api/sasl-authenticate.ts'
import { saslHandshake } from '../api/sasl-handshake.ts'
import { type Logins } from '../broker-sockets.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { errorCode } from '../error-codes.ts'
import { ManualClock } from '../manual-clock.ts'
import { HungUp, WireClient } from '../testing/wire-client.ts'
import { type Mechanism } from './mechanism.ts'
import { plain } from './plain.ts'

const users = { alice: 'secret' }
const plainMessage = (user: string, password: string): Buffer => Buffer.from(`\0${user}\0${password}`)
const expectHungUp = (call: Promise<unknown>) => expect(call).rejects.toBeInstanceOf(HungUp)

/** A login by PLAIN. */
async function logIn(client: WireClient, user = 'alice', password = 'secret') {
  const handshake = await client.call(saslHandshake, { mechanism: 'PLAIN' })
  expect(handshake.errorCode).toBe(errorCode.NONE)
  return await client.call(saslAuthenticate, { authBytes: plainMessage(user, password) })
}

async function withKafka(
  run: (given: { kafka: EmbeddedKafka; client: WireClient; clock: ManualClock }) => Promise<void>,
  logins: Partial<Logins> = {},
): Promise<void> {
  const clock = new ManualClock()
  const mechanisms = [plain(users)]
  await using kafka = await startEmbeddedKafka({ clock, logins: { mechanisms, ...logins } })
  await using client = await WireClient.open(kafka.bootstrapServers)
  await run({ kafka, client, clock })
  expect(kafka.internalErrors).toEqual([])
}

test('a session that is over takes nothing but a new login', () =>
  withKafka(
    async ({ client, clock }) => {
      expect((await logIn(client)).sessionLifetimeMs).toBe(10_000n)
      clock.advance(9_999)
      await client.call(metadata, { topics: null })
      clock.advance(1)
      expect((await logIn(client)).sessionLifetimeMs).toBe(10_000n)
      clock.advance(9_999)
      await client.call(metadata, { topics: null })
      clock.advance(1)
      await expectHungUp(client.call(metadata, { topics: null }))
    },
    { maxSessionMs: 10_000 },
  ))

test('credentials that end sooner than the longest session end it', () => {
  const mechanism: Mechanism = {
    name: 'PLAIN',
    begin: () => ({
      next: () => ({ answer: Buffer.alloc(0), identity: { principal: 'a', lifetimeMs: 3_000.7 } }),
    }),
  }
  return withKafka(
    async ({ client }) => {
      expect((await logIn(client)).sessionLifetimeMs).toBe(3_000n)
    },
    { mechanisms: [mechanism], maxSessionMs: 10_000 },
  )
})

test('a second re-authentication within a second is refused, and the session goes on', () =>
  withKafka(
    async ({ client, clock }) => {
      await logIn(client)
      await logIn(client)
      clock.advance(999)
      const refused = await client.call(saslHandshake, { mechanism: 'PLAIN' })
      expect(refused).toEqual({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] })
      await client.call(metadata, { topics: null })
      clock.advance(1)
      expect((await logIn(client)).errorCode).toBe(errorCode.NONE)
    },
    { maxSessionMs: 10_000 },
  ))

test('a login, or only a re-authentication, can be refused by a fault', () =>
  withKafka(
    async ({ kafka, client }) => {
      const action = {
        kind: 'answer',
        code: 'SASL_AUTHENTICATION_FAILED',
        message: '[id]: Too many connects',
      } as const
      const fault = kafka.faults.on('SaslAuthenticate', action, { isRepeatedLogin: true })
      expect((await logIn(client)).errorCode).toBe(errorCode.NONE)
      expect(await logIn(client)).toMatchObject({
        errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
        errorMessage: '[id]: Too many connects',
      })
      await expectHungUp(client.call(metadata, { topics: null }))
      expect(fault.count).toBe(1)
    },
    { maxSessionMs: 10_000 },
  ))
