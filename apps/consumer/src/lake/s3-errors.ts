/** What S3, or the way to it, answers: told apart by structure, so that nothing here needs the SDK. */
import { Failure } from '@pinpipe/service/failure'

export type S3Place = {
  readonly bucket: string
  readonly endpoint: string | undefined
  readonly region: string | undefined
}

/** The object is there already, or was at the time: `If-None-Match: *` was honoured. */
export function isPreconditionFailed(error: unknown): boolean {
  return statusOf(error) === 412 || nameOf(error) === 'PreconditionFailed'
}

/** A HEAD has no body that could name the error. */
export function isNoSuchKey(error: unknown): boolean {
  return nameOf(error) === 'NoSuchKey' || nameOf(error) === 'NotFound'
}

/** A right is missing, or S3 does not want to say whether the object is there. */
export function isRefused(error: unknown): boolean {
  return statusOf(error) === 403
}

/** Another create-only write of the key was under way. S3 asks to send the request again. */
export function isConflict(error: unknown): boolean {
  return (
    nameOf(error) === 'ConditionalRequestConflict' ||
    (statusOf(error) === 409 && nameOf(error) !== 'BucketAlreadyExists')
  )
}

/** What arrived is not what was sent: S3 has compared it with its hash or its checksum, and stored nothing. */
export function isDamaged(error: unknown): boolean {
  return ['BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody'].includes(nameOf(error))
}

/** What a write guard said, on its way out of the SDK: the request is not sent, now or later. */
export class NotToBeSent extends Error {}

/** A Failure is what another request of ours, inside this one, has become after its own retries. */
export function isForGood(error: unknown): boolean {
  return error instanceof NotToBeSent || error instanceof Failure
}

/** The source of credentials had none to give. */
export function isCredentialsGap(error: unknown): boolean {
  return nameOf(error) === 'CredentialsProviderError'
}

/** One word for logs and metrics: `SlowDown`, `ECONNREFUSED`, `500`. */
export function reasonOf(error: unknown): string {
  const name = nameOf(error)
  return codeOf(error) || (name === '' || name === 'Error' ? String(statusOf(error) ?? 'unknown') : name)
}

/** New credentials help, the same ones never will. */
export function isExpiredToken(error: unknown): boolean {
  return expiredNames.has(nameOf(error))
}

/** As an answer to HEAD, which has no body to name the error: what S3 says of an expired session, among others. */
export function isBareRefusal(error: unknown): boolean {
  return statusOf(error) === 400 && bareNames.has(nameOf(error))
}

const bareNames: ReadonlySet<string> = new Set(['Unknown', 'UnknownError', 'BadRequest', '400'])
const expiredNames: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
])
const wrongLogin: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  // versitygw's word for it.
  'XAdminUserNotFound',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'AuthorizationHeaderMalformed',
])
const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'TimeoutError',
  'RequestTimeout',
])

/** One sentence with the remedy, and the exit code that fits. The SDK has retried what can be retried by now. */
export function s3FailureOf(error: unknown, place: S3Place): Failure {
  const where = `s3://${place.bucket}${place.endpoint === undefined ? '' : ` at ${originOf(place.endpoint)}`}`
  const [name, status] = [nameOf(error), statusOf(error)]
  const fail = (
    sentence: string,
    exit: 'failed' | 'refused' | 'auth' | 'unreachable',
    canRetry = false,
  ): Failure => new Failure(sentence, { exit, canRetry, cause: error })
  if (error instanceof Failure) return error
  if (name === 'NoSuchBucket') {
    return fail(`the bucket of ${where} does not exist: create it, or correct --lake`, 'failed')
  }
  if (isCredentialsGap(error)) {
    return fail(
      `no AWS credentials for ${where} were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role`,
      'auth',
    )
  }
  if (wrongLogin.has(name)) {
    return fail(
      `${where} does not know these AWS credentials (${name}): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the region`,
      'auth',
    )
  }
  if (isExpiredToken(error)) {
    return fail(
      `the AWS session for ${where} has expired and no new one was found: renew the credentials`,
      'auth',
    )
  }
  if (name === 'PermanentRedirect' || name === 'IllegalLocationConstraintException' || status === 301) {
    return fail(
      `the bucket of ${where} is in another region than ${place.region ?? 'the one that is set'}: set AWS_REGION to the bucket's region`,
      'failed',
    )
  }
  if (status === 401 || status === 403) {
    return fail(
      `${where} refused the access (${name}): the consumer needs s3:PutObject, s3:GetObject and s3:ListBucket below the prefix of --lake`,
      'auth',
    )
  }
  if (name === 'NotImplemented' || status === 501) {
    return fail(
      `${where} does not offer create-only writes (If-None-Match): use a store that does`,
      'refused',
    )
  }
  const code = codeOf(error)
  if (unreachableCodes.has(code) || unreachableCodes.has(name) || (status ?? 0) >= 500) {
    const what = status === undefined || status < 400 ? code || name : `${name}, status ${status}`
    return fail(
      `${where} is not reachable (${what}): check AWS_ENDPOINT_URL_S3, the network and the state of the store`,
      'unreachable',
      true,
    )
  }
  if (name === 'Error' && messageOf(error).includes('Region is missing')) {
    return fail(`no AWS region is set for ${where}: set AWS_REGION`, 'failed')
  }
  return fail(
    `${where} answered ${name}${status === undefined ? '' : `, status ${status}`} (${messageOf(error)}): ` +
      'check that AWS_ENDPOINT_URL_S3 and --lake name a bucket of a store that speaks S3, or ask who runs it',
    'failed',
  )
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s+/g, ' ').replace(/\.$/, '')
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // Connecting to a name with several addresses rejects with one error for all of them.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error.cause === undefined ? '' : codeOf(error.cause)
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  const { $metadata: metadata } = error
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

/** An address as it may be shown: it may hold a password. */
export function originOf(endpoint: string): string {
  const url = URL.parse(endpoint)
  return url === null ? endpoint : url.origin
}
