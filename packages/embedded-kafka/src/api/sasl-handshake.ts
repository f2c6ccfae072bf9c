/** SaslHandshake, as on a port without logins: Kafka knows the call there, and refuses it. */

import { errorCode } from '../error-codes.ts'
import { array, int16, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const saslHandshake = defineApi({
  name: 'SaslHandshake',
  key: 17,
  versions: [0, 1],
  request: { mechanism: string() },
  response: { errorCode: int16(), mechanisms: array(string()) },
  handle: () => ({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] }),
  refuse: (_, code) => ({ errorCode: code, mechanisms: [] }),
})
