/** What STS says, in its query protocol's XML (https://docs.aws.amazon.com/STS/latest/APIReference/). Pure. */

import { type IamKey } from '../iam/iam-directory.ts'

export type StsAnswer = { readonly status: number; readonly body: string }

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

export function assumedRole(
  { arn, accessKeyId, secretAccessKey, sessionToken, expiresAtMs }: IamKey,
  requestId: string,
): StsAnswer {
  const session = arn.slice(arn.lastIndexOf('/') + 1)
  const expiration = new Date(expiresAtMs ?? 0).toISOString()
  const user = element(
    'AssumedRoleUser',
    element('AssumedRoleId', `AROAEMBEDDEDKAFKA:${session}`),
    element('Arn', arn),
  )
  const credentials = element(
    'Credentials',
    element('AccessKeyId', accessKeyId),
    element('SecretAccessKey', secretAccessKey),
    element('SessionToken', sessionToken ?? ''),
    element('Expiration', expiration),
  )
  return answer('AssumeRole', requestId, user + credentials)
}

export function callerIdentity({ arn, accessKeyId }: IamKey, requestId: string): StsAnswer {
  const account = arn.split(':')[4] ?? ''
  return answer(
    'GetCallerIdentity',
    requestId,
    element('Arn', arn) + element('UserId', accessKeyId) + element('Account', account),
  )
}

export function refusal(code: string, message: string, requestId: string, status = 403): StsAnswer {
  const error = element(
    'Error',
    element('Type', 'Sender'),
    element('Code', code),
    element('Message', escaped(message)),
  )
  return {
    status,
    body: `<ErrorResponse xmlns="${namespace}">${error}${element('RequestId', requestId)}</ErrorResponse>`,
  }
}

function answer(action: string, requestId: string, result: string): StsAnswer {
  const metadata = element('ResponseMetadata', element('RequestId', requestId))
  const body = element(`${action}Result`, result) + metadata
  return { status: 200, body: `<${action}Response xmlns="${namespace}">${body}</${action}Response>` }
}

/** Contents are elements, or text without characters that XML knows. */
function element(name: string, ...contents: readonly string[]): string {
  return `<${name}>${contents.join('')}</${name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
