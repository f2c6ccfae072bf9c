/**
 * Requests to S3 as IAM sees them: action, resource and condition keys
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html says which action an operation needs,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html which keys it has).
 */
import type { PolicyRequest } from '@pinpipe/msk-auth/iam-policy'

export type S3Request = {
  readonly method: string
  /** Path-style, with its query: `/bucket/key?uploads`. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As Node names it, e.g. `TLSv1.3`; null for a request without TLS. */
  readonly tls: string | null
}

type Operation = { readonly action: string; readonly context?: Readonly<Record<string, string | boolean>> }

/** Headers that are condition keys, named `s3:<header>`. */
const headerKeys = [
  'if-match',
  'if-none-match',
  'x-amz-content-sha256',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
] as const

/** What a policy is asked about a request. @throws Error for an operation that is not known here */
export function policyRequestOf(request: S3Request, principal: string): PolicyRequest {
  const { pathname, searchParams } = new URL(request.path, 'https://s3')
  const [, bucket = '', ...parts] = decodeURIComponent(pathname).split('/')
  const key = parts.join('/')
  const { action, context } =
    key === '' ? bucketOperation(request.method, searchParams) : objectOperation(request.method, searchParams)
  const headers = headerKeys.flatMap((name) => {
    const value = request.headers[name]
    return value === undefined ? [] : [[`s3:${name}`, value] as const]
  })
  return {
    action,
    resource: `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`,
    principal: { type: 'AWS', id: principal },
    context: {
      ...context,
      ...Object.fromEntries(headers),
      'aws:SecureTransport': request.tls !== null,
      ...(request.tls !== null && { 's3:TlsVersion': request.tls.replace('TLSv', '') }),
    },
  }
}

/** The parts of an operation's query: any other one is another operation. `x-id` is the SDK's own. */
const objectQuery = ['x-id', 'uploads', 'uploadId', 'partNumber']

function objectOperation(method: string, query: URLSearchParams): Operation {
  const isKnown = [...query.keys()].every((name) => objectQuery.includes(name))
  const isOfUpload = query.has('uploads') || query.has('uploadId')
  if (isKnown && !isOfUpload) {
    if (method === 'GET' || method === 'HEAD') return { action: 's3:GetObject' }
    if (method === 'DELETE') return { action: 's3:DeleteObject' }
    if (method === 'PUT') return putObject(true)
  }
  if (isKnown && isOfUpload) {
    // Neither the beginning nor a part creates an object; the end does.
    if (method === 'POST') return putObject(query.has('uploadId'))
    if (method === 'PUT' && query.has('partNumber')) return putObject(false)
  }
  throw new Error(`No action is known here for ${method} of an object with ?${query.toString()}.`)
}

function putObject(isCreation: boolean): Operation {
  return { action: 's3:PutObject', context: { 's3:ObjectCreationOperation': isCreation } }
}

function bucketOperation(method: string, query: URLSearchParams): Operation {
  if (method === 'HEAD') return { action: 's3:ListBucket' }
  const prefix = query.get('prefix')
  if (method === 'GET' && query.has('list-type'))
    return { action: 's3:ListBucket', context: { ...(prefix !== null && { 's3:prefix': prefix }) } }
  throw new Error(`No action is known here for ${method} of a bucket with ?${query.toString()}.`)
}
