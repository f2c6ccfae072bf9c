/** SaslHandshake: the client names a mechanism. On a port without logins Kafka knows the call, and refuses it. */

import { array, int16, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const saslHandshake = defineApi({
  name: 'SaslHandshake',
  key: 17,
  versions: [0, 1],
  request: { mechanism: string() },
  response: { errorCode: int16(), mechanisms: array(string()) },
  handle: ({ login }, { mechanism }) => login.handshake(mechanism),
  refuse: (_, code) => ({ errorCode: code, mechanisms: [] }),
})
