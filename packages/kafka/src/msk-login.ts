/** MSK's logins as kafkajs takes them. */

import { MskAuthError } from '@pinpipe/msk-auth/errors'
import { type MskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { type Mechanism } from 'kafkajs'

/**
 * kafkajs wraps what a mechanism throws and keeps only the innermost cause, which would be the AWS SDK's: so the error that
 * explains it becomes that cause.
 */
export function mskMechanism({ mechanism, authenticationProvider }: MskSasl): Mechanism {
  return {
    mechanism,
    authenticationProvider: (session) => ({
      authenticate: async () => {
        try {
          await authenticationProvider(session).authenticate()
        } catch (error) {
          if (!(error instanceof MskAuthError)) throw error
          const wrapped = new Error(error.message, { cause: error })
          throw Object.assign(wrapped, { retriable: error.canRetry })
        }
      },
    }),
  }
}
