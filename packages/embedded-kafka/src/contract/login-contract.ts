/** Logins: what is said to those who try one on a port without, and how a port with logins answers. */

import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { apiVersions } from '../api/api-versions.ts'
import { describeCluster } from '../api/describe-cluster.ts'
import { saslAuthenticate } from '../api/sasl-authenticate.ts'
import { saslHandshake } from '../api/sasl-handshake.ts'
import { errorCode } from '../error-codes.ts'
import { scramMessages } from '../testing/scram-client.ts'
import { HungUp, type WireClient } from '../testing/wire-client.ts'
import { type DeclareCases, type User } from './contract.ts'

const expectHungUp = (call: Promise<unknown>) => expect(call).rejects.toBeInstanceOf(HungUp)
const plainMessage = ({ username, password }: User): Buffer => Buffer.from(`\0${username}\0${password}`)

async function logIn(client: WireClient, user: User) {
  const { errorCode: code } = await client.call(saslHandshake, { mechanism: 'PLAIN' })
  expect(code).toBe(errorCode.NONE)
  return await client.call(saslAuthenticate, { authBytes: plainMessage(user) })
}

/** Both steps of SCRAM; the answer to the second one, and what it should say. */
async function logInByScram(client: WireClient, mechanism: string, user: User) {
  const scram = scramMessages(mechanism, user)
  await client.call(saslHandshake, { mechanism })
  const { authBytes: challenge } = await client.call(saslAuthenticate, { authBytes: scram.first })
  const final = scram.final(challenge)
  return { answer: await client.call(saslAuthenticate, { authBytes: final.message }), proof: final.expected }
}

const success = {
  errorCode: errorCode.NONE,
  errorMessage: '',
  authBytes: Buffer.alloc(0),
  sessionLifetimeMs: 0n,
}
const timed = { ...success, sessionLifetimeMs: 3_600_000n }
const refused = (errorMessage: string) => ({
  ...success,
  errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
  errorMessage,
})
const noReason =
  'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256'
const software = { clientSoftwareName: 'contract', clientSoftwareVersion: '1' }
/** Authorized for everybody: whoever is logged in is answered. */
const expectServed = async (client: WireClient): Promise<void> => {
  expect((await client.call(describeCluster, {})).errorCode).toBe(errorCode.NONE)
}

export const loginContract: DeclareCases = (it) => {
  for (const version of [0, 1])
    it(`a port without logins refuses a handshake, and names no mechanism (v${version})`, async (kafka) => {
      const client = await kafka.client()
      const answer = await client.call(saslHandshake, { mechanism: 'PLAIN' }, version)
      expect(answer).toEqual({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] })
    })

  for (const version of [0, 1, 2])
    it(`a port without logins refuses a login (v${version})`, async (kafka) => {
      const client = await kafka.client()
      const answer = await client.call(saslAuthenticate, { authBytes: Buffer.from('\0u\0p') }, version)
      expect(answer).toEqual({
        errorCode: errorCode.ILLEGAL_SASL_STATE,
        errorMessage: 'SaslAuthenticate request received after successful authentication',
        authBytes: Buffer.alloc(0),
        sessionLifetimeMs: 0n,
      })
    })

  it('whoever logs in by PLAIN is served', async (kafka) => {
    const client = await kafka.stranger()
    expect((await client.call(apiVersions, software)).errorCode).toBe(errorCode.NONE)
    expect(await logIn(client, kafka.logins.users[0])).toEqual(success)
    await expectServed(client)
  })

  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'])
    it(`whoever logs in by ${mechanism} is served, and the broker proves that it knows the password`, async (kafka) => {
      const client = await kafka.stranger()
      const { answer, proof } = await logInByScram(client, mechanism, kafka.logins.users[0])
      expect(answer).toEqual({ ...success, authBytes: Buffer.from(proof) })
      await expectServed(client)
    })

  it('before the login, another request ends the connection', async (kafka) => {
    await expectHungUp((await kafka.stranger()).call(describeCluster, {}))
    const authBytes = plainMessage(kafka.logins.users[0])
    await expectHungUp((await kafka.stranger()).call(saslAuthenticate, { authBytes }))
  })

  it('during the login, another request is refused and ends the connection', async (kafka) => {
    const client = await kafka.stranger()
    await client.call(saslHandshake, { mechanism: 'PLAIN' })
    const answer = await client.call(saslHandshake, { mechanism: 'PLAIN' })
    expect(answer.errorCode).toBe(errorCode.ILLEGAL_SASL_STATE)
    await expectHungUp(client.call(describeCluster, {}))
  })

  it('a mechanism that is not there is refused with those that are, and ends the connection', async (kafka) => {
    const client = await kafka.stranger()
    const answer = await client.call(saslHandshake, { mechanism: 'GSSAPI' })
    expect(answer.errorCode).toBe(errorCode.UNSUPPORTED_SASL_MECHANISM)
    expect(answer.mechanisms).toEqual(expect.arrayContaining(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']))
    await expectHungUp(client.call(saslHandshake, { mechanism: 'PLAIN' }))
  })

  for (const [what, change, reason] of [
    ['a wrong password', { password: 'wrong' }, 'Authentication failed: Invalid username or password'],
    ['an unknown user', { username: 'nobody' }, 'Authentication failed: Invalid username or password'],
    ['no user name', { username: '' }, 'Authentication failed: username not specified'],
    ['no password', { password: '' }, 'Authentication failed: password not specified'],
  ] as const)
    it(`PLAIN refuses ${what}, and the connection ends`, async (kafka) => {
      const client = await kafka.stranger()
      expect(await logIn(client, { ...kafka.logins.users[0], ...change })).toEqual(refused(reason))
      await expectHungUp(client.call(describeCluster, {}))
    })

  it('PLAIN refuses a message that has not three parts', async (kafka) => {
    const client = await kafka.stranger()
    await client.call(saslHandshake, { mechanism: 'PLAIN' })
    const answer = await client.call(saslAuthenticate, { authBytes: Buffer.from('a\0b') })
    expect(answer).toEqual(refused('Invalid SASL/PLAIN response: expected 3 tokens, got 2'))
  })

  it('PLAIN refuses to log in for another user', async (kafka) => {
    const client = await kafka.stranger()
    const [{ username, password }] = kafka.logins.users
    await client.call(saslHandshake, { mechanism: 'PLAIN' })
    const authBytes = Buffer.from(`other\0${username}\0${password}`)
    expect(await client.call(saslAuthenticate, { authBytes })).toEqual(
      refused('Authentication failed: Client requested an authorization id that is different from username'),
    )
  })

  it('SCRAM refuses a wrong password without a reason', async (kafka) => {
    const client = await kafka.stranger()
    const user = { ...kafka.logins.users[0], password: 'wrong' }
    const { answer } = await logInByScram(client, 'SCRAM-SHA-256', user)
    expect(answer).toEqual(refused(noReason))
    await expectHungUp(client.call(describeCluster, {}))
  })

  for (const message of ['', 'n,,', 'n,,n=,r=a', 'n,,n=nobody,r=a', 'y,,n=a,r=a', 'p=tls,,n=a,r=a', 'n,,n=a'])
    it(`SCRAM refuses the first message "${message}"`, async (kafka) => {
      const client = await kafka.stranger()
      await client.call(saslHandshake, { mechanism: 'SCRAM-SHA-256' })
      const answer = await client.call(saslAuthenticate, { authBytes: Buffer.from(message) })
      expect(answer).toEqual(refused(noReason))
    })

  it('a session without an end takes no other login, and goes on', async (kafka) => {
    const client = await kafka.stranger()
    await logIn(client, kafka.logins.users[0])
    const answer = await client.call(saslHandshake, { mechanism: 'PLAIN' })
    expect(answer).toEqual({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] })
    await expectServed(client)
  })
}

/** On a port whose sessions end after an hour (KIP-368). */
export const reloginContract: DeclareCases = (it) => {
  it('a client may log in again, but not twice within a second', async (kafka) => {
    const client = await kafka.stranger()
    const [user] = kafka.logins.users
    expect(await logIn(client, user)).toEqual(timed)
    expect(await logIn(client, user)).toEqual(timed)
    const tooSoon = await client.call(saslHandshake, { mechanism: 'PLAIN' })
    expect(tooSoon).toEqual({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] })
    await expectServed(client)
    await pause(1_100)
    expect(await logIn(client, user)).toEqual(timed)
  })

  it('another user cannot take over a connection', async (kafka) => {
    const client = await kafka.stranger()
    const [first, second] = kafka.logins.users
    await logIn(client, first)
    expect(await logIn(client, second)).toEqual(
      refused(
        `Cannot change principals during re-authentication from User.${first.username}: User.${second.username}`,
      ),
    )
    await expectHungUp(client.call(describeCluster, {}))
  })

  it('another mechanism is let begin, and its first message ends the connection', async (kafka) => {
    const client = await kafka.stranger()
    const [user] = kafka.logins.users
    await logIn(client, user)
    const { errorCode: code } = await client.call(saslHandshake, { mechanism: 'SCRAM-SHA-256' })
    expect(code).toBe(errorCode.NONE)
    const { first } = scramMessages('SCRAM-SHA-256', user)
    await expectHungUp(client.call(saslAuthenticate, { authBytes: first }))
  })

  it('a wrong password ends a session that went on', async (kafka) => {
    const client = await kafka.stranger()
    const [user] = kafka.logins.users
    await logIn(client, user)
    expect(await logIn(client, { ...user, password: 'wrong' })).toEqual(
      refused('Authentication failed: Invalid username or password'),
    )
    await expectHungUp(client.call(describeCluster, {}))
  })
}
