/** The address of the store, from the standard AWS variables; AWS itself when there is none. */
import { UsageFailure } from '@pinpipe/service/failure'

const variables = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'] as const

/**
 * The address that the SDK is given, or undefined. Throws a UsageFailure for one that it could not use. The value is not
 * shown: it may hold a password where nobody looks for one (`user:password@host`).
 */
export function s3EndpointOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = variables.find((variable) => env[variable] !== undefined)
  const endpoint = name === undefined ? undefined : env[name]
  if (endpoint === undefined) return undefined
  const protocol = URL.parse(endpoint)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return endpoint
  throw new UsageFailure(
    `${name} is not the address of a store: write it like https://s3.example.com or http://127.0.0.1:9000, or leave it out`,
  )
}
