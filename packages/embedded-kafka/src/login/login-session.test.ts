import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { apiVersions } from '../api/api-versions.ts'
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
import { scram } from './scram.ts'

const users = { alice: 'secret', bob: 'other' }
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
  const mechanisms = [plain(users), scram('SCRAM-SHA-256', users)]
  await using kafka = await startEmbeddedKafka({ clock, logins: { mechanisms, ...logins } })
  await using client = await WireClient.open(kafka.bootstrapServers)
  await run({ kafka, client, clock })
  expect(kafka.internalErrors).toEqual([])
}

test('whoever has logged in is answered, and the session has no end', () =>
  withKafka(async ({ client }) => {
    expect((await client.call(apiVersions, knownSoftware)).errorCode).toBe(errorCode.NONE)
    expect(await logIn(client)).toEqual({
      errorCode: errorCode.NONE,
      errorMessage: null,
      authBytes: Buffer.alloc(0),
      sessionLifetimeMs: 0n,
    })
    expect((await client.call(metadata, { topics: null })).brokers).toHaveLength(1)
  }))

const knownSoftware = { clientSoftwareName: 'test', clientSoftwareVersion: '1' }

test('before the login, any other request ends the connection', () =>
  withKafka(async ({ kafka, client }) => {
    await expectHungUp(client.call(metadata, { topics: null }))
    await using other = await WireClient.open(kafka.bootstrapServers)
    await expectHungUp(other.call(saslAuthenticate, { authBytes: plainMessage('alice', 'secret') }))
  }))

test('during the login, any other request is refused and ends the connection', () =>
  withKafka(async ({ client }) => {
    await client.call(saslHandshake, { mechanism: 'PLAIN' })
    const { errorCode: code } = await client.call(saslHandshake, { mechanism: 'PLAIN' })
    expect(code).toBe(errorCode.ILLEGAL_SASL_STATE)
    await expectHungUp(client.call(saslAuthenticate, { authBytes: plainMessage('alice', 'secret') }))
  }))

test('a mechanism that is not there is refused with those that are, and the connection ends', () =>
  withKafka(async ({ client }) => {
    expect(await client.call(saslHandshake, { mechanism: 'GSSAPI' })).toEqual({
      errorCode: errorCode.UNSUPPORTED_SASL_MECHANISM,
      mechanisms: ['PLAIN', 'SCRAM-SHA-256'],
    })
    await expectHungUp(client.call(saslHandshake, { mechanism: 'PLAIN' }))
  }))

test.for([
  ['alice', 'wrong', 'Authentication failed: Invalid username or password'],
  ['carol', 'secret', 'Authentication failed: Invalid username or password'],
  ['', 'secret', 'Authentication failed: username not specified'],
  ['alice', '', 'Authentication failed: password not specified'],
] as const)('PLAIN refuses %s with "%s", and the connection ends', ([user, password, errorMessage]) =>
  withKafka(async ({ client }) => {
    expect(await logIn(client, user, password)).toMatchObject({
      errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
      errorMessage,
    })
    await expectHungUp(client.call(metadata, { topics: null }))
  }),
)

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

test('another principal cannot take over a connection', () =>
  withKafka(async ({ client }) => {
    await logIn(client)
    expect(await logIn(client, 'bob', 'other')).toMatchObject({
      errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
      errorMessage: 'Cannot change principals during re-authentication from User.alice: User.bob',
    })
    await expectHungUp(client.call(metadata, { topics: null }))
  }))

test('another mechanism is let begin, and its first message ends the connection', () =>
  withKafka(async ({ client }) => {
    await logIn(client)
    const { errorCode: code } = await client.call(saslHandshake, { mechanism: 'SCRAM-SHA-256' })
    expect(code).toBe(errorCode.NONE)
    await expectHungUp(client.call(saslAuthenticate, { authBytes: Buffer.from('n,,n=alice,r=abc') }))
  }))

test('a login, or only a re-authentication, can be refused by a fault', () =>
  withKafka(async ({ kafka, client }) => {
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
  }))

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** The client's side of SCRAM (RFC 5802), as the RFC describes it. */
async function scramLogIn(client: WireClient, password: string) {
  await client.call(saslHandshake, { mechanism: 'SCRAM-SHA-256' })
  const first = 'n=alice,r=abc'
  const { authBytes: challenge } = await client.call(saslAuthenticate, {
    authBytes: Buffer.from(`n,,${first}`),
  })
  const [, nonce = '', salt = '', rounds = ''] =
    /^r=(abc.{10,}),s=(.+),i=(\d+)$/.exec(challenge.toString()) ?? []
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256')
  const final = `c=biws,r=${nonce}`
  const signed = `${first},${challenge.toString()},${final}`
  const clientKey = hmac(salted, 'Client Key')
  const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64')
  const answer = await client.call(saslAuthenticate, { authBytes: Buffer.from(`${final},p=${proof}`) })
  return { ...answer, expected: `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}` }
}

test('SCRAM lets in whoever knows the password, and proves that the broker knows it, too', () =>
  withKafka(async ({ client }) => {
    const { errorCode: code, authBytes, expected } = await scramLogIn(client, 'secret')
    expect(code).toBe(errorCode.NONE)
    expect(authBytes.toString()).toBe(expected)
    await client.call(metadata, { topics: null })
  }))

test('SCRAM refuses a wrong password without a reason', () =>
  withKafka(async ({ client }) => {
    expect(await scramLogIn(client, 'wrong')).toMatchObject({
      errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
      errorMessage:
        'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256',
    })
  }))

test.for(['', 'n,,', 'n,,n=,r=a', 'n,,n=carol,r=a', 'y,,n=alice,r=a', 'p=tls,,n=alice,r=a', 'n,,n=alice'])(
  'SCRAM refuses the first message "%s"',
  (message) =>
    withKafka(async ({ client }) => {
      await client.call(saslHandshake, { mechanism: 'SCRAM-SHA-256' })
      const { errorCode: code } = await client.call(saslAuthenticate, { authBytes: Buffer.from(message) })
      expect(code).toBe(errorCode.SASL_AUTHENTICATION_FAILED)
    }),
)
