/** SASL PLAIN (RFC 4616), as Apache Kafka's PlainSaslServer answers it. */

import { timingSafeEqual } from 'node:crypto'
import { LoginFailed, type Mechanism, noBytes } from './mechanism.ts'

/** @param users passwords by user name */
export function plain(users: Readonly<Record<string, string>>): Mechanism {
  const passwords = new Map(Object.entries(users))
  const next = (message: Buffer) => {
    const tokens = message.toString('utf8').split('\0')
    if (tokens.length !== 3)
      throw new LoginFailed(`Invalid SASL/PLAIN response: expected 3 tokens, got ${tokens.length}`)
    const [authorizationId = '', username = '', password = ''] = tokens
    if (username === '') throw new LoginFailed('Authentication failed: username not specified')
    if (password === '') throw new LoginFailed('Authentication failed: password not specified')
    if (!isSame(password, passwords.get(username)))
      throw new LoginFailed('Authentication failed: Invalid username or password')
    if (authorizationId !== '' && authorizationId !== username)
      throw new LoginFailed(
        'Authentication failed: Client requested an authorization id that is different from username',
      )
    return { answer: noBytes, identity: { principal: username } }
  }
  return { name: 'PLAIN', begin: () => ({ next }) }
}

function isSame(given: string, expected: string | undefined): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected ?? '')]
  return expected !== undefined && a.length === b.length && timingSafeEqual(a, b)
}
