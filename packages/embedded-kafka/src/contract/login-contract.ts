/** A port without logins: what it says to those who try one. */

import { expect } from 'vitest'
import { saslAuthenticate } from '../api/sasl-authenticate.ts'
import { saslHandshake } from '../api/sasl-handshake.ts'
import { errorCode } from '../error-codes.ts'
import { type DeclareCases } from './contract.ts'

export const loginContract: DeclareCases = (it) => {
  for (const version of [0, 1])
    it(`a handshake is refused, and no mechanism is named (v${version})`, async (kafka) => {
      const client = await kafka.client()
      const answer = await client.call(saslHandshake, { mechanism: 'PLAIN' }, version)
      expect(answer).toEqual({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] })
    })

  for (const version of [0, 1, 2])
    it(`a login is refused (v${version})`, async (kafka) => {
      const client = await kafka.client()
      const answer = await client.call(saslAuthenticate, { authBytes: Buffer.from('\0u\0p') }, version)
      expect(answer).toEqual({
        errorCode: errorCode.ILLEGAL_SASL_STATE,
        errorMessage: 'SaslAuthenticate request received after successful authentication',
        authBytes: Buffer.alloc(0),
        sessionLifetimeMs: 0n,
      })
    })
}
