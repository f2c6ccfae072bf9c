/** SaslAuthenticate, as on a port without logins: Kafka knows the call there, and refuses it. */

import { errorCode } from '../error-codes.ts'
import { bytes, int16, int64, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const saslAuthenticate = defineApi({
  name: 'SaslAuthenticate',
  key: 36,
  versions: [0, 2],
  flexibleFrom: 2,
  request: { authBytes: bytes() },
  response: {
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    authBytes: bytes('0+', { default: Buffer.alloc(0) }),
    sessionLifetimeMs: int64('1+', { default: 0n }),
  },
  handle: () => ({
    errorCode: errorCode.ILLEGAL_SASL_STATE,
    errorMessage: 'SaslAuthenticate request received after successful authentication',
  }),
  refuse: (_, code) => ({ errorCode: code }),
})
