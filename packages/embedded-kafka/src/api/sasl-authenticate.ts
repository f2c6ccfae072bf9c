/** SaslAuthenticate: one message of the mechanism's exchange. */

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
  handle: ({ login }, { authBytes }) => login.authenticate(authBytes),
  refuse: (_, code, __, message) => ({ errorCode: code, errorMessage: message ?? null }),
})
