/** AWS's Security Token Service on loopback: AssumeRole and GetCallerIdentity, for the users and roles of one directory. */

import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type IamDirectory, type IamKey } from '../iam/iam-directory.ts'
import { authorizationOf, isSignedWith, signedAtMs } from './signed-request.ts'
import { type StsAnswer, assumedRole, callerIdentity, refusal } from './sts-answers.ts'

export type FakeSts = AsyncDisposable & {
  /** For `AWS_ENDPOINT_URL_STS`. */
  readonly url: string
  /** What was asked, the newest last. */
  readonly calls: readonly StsCall[]
}

export type StsCall = {
  readonly action: string
  /** ARN of the caller; empty for nobody known. */
  readonly caller: string
  readonly status: number
}

type Options = {
  readonly directory: IamDirectory
  readonly nowMs: () => number
  readonly port: number
}

const allowedSkewMs = 5 * 60_000
const sessionNamePattern = /^[\w+=,.@-]{2,64}$/
const shortestSessionS = 900

/** @throws the error of `listen` */
export async function startSts({ directory, nowMs, port }: Options): Promise<FakeSts> {
  const calls: StsCall[] = []
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request)
    const form = new URLSearchParams(body)
    const action = form.get('Action') ?? ''
    const [now, requestId] = [nowMs(), randomUUID()]
    const caller = callerOf({ headers: request.headers, body }, directory, now, requestId)
    const { status, body: xml } =
      'status' in caller ? caller : answerOf(action, form, { caller, directory, nowMs: now, requestId })
    calls.push({ action, caller: 'arn' in caller ? caller.arn : '', status })
    // From its date clients learn how wrong their clocks are.
    const headers = { 'content-type': 'text/xml', date: new Date(now).toUTCString() }
    response.writeHead(status, { ...headers, 'x-amzn-requestid': requestId }).end(xml)
  }
  const server = createServer((request, response) => {
    answerTo(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the STS has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) body += String(part)
  return body
}

/** Who signed the request, or what they are told instead. */
function callerOf(
  request: Parameters<typeof authorizationOf>[0],
  directory: IamDirectory,
  nowMs: number,
  requestId: string,
): IamKey | StsAnswer {
  const authorization = authorizationOf(request)
  if (authorization === undefined)
    return refusal('MissingAuthenticationToken', 'Request is missing Authentication Token', requestId)
  const key = directory.keyOf(authorization.accessKeyId)
  if (key === undefined || request.headers['x-amz-security-token'] !== key.sessionToken)
    return refusal(
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      requestId,
    )
  if (!isSignedWith(request, authorization, key.secretAccessKey))
    return refusal(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
      requestId,
    )
  if (!(Math.abs(signedAtMs(request) - nowMs) <= allowedSkewMs))
    return refusal('SignatureDoesNotMatch', 'Signature expired: the clocks differ.', requestId)
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs)
    return refusal('ExpiredToken', 'The security token included in the request is expired', requestId)
  return key
}

function answerOf(
  action: string,
  form: URLSearchParams,
  {
    caller,
    directory,
    nowMs,
    requestId,
  }: {
    readonly caller: IamKey
    readonly directory: IamDirectory
    readonly nowMs: number
    readonly requestId: string
  },
): StsAnswer {
  if (action === 'GetCallerIdentity') return callerIdentity(caller, requestId)
  if (action !== 'AssumeRole')
    return refusal('InvalidAction', `Could not find operation ${action}`, requestId, 400)
  const [roleArn, sessionName] = [form.get('RoleArn') ?? '', form.get('RoleSessionName') ?? '']
  const seconds = Number(form.get('DurationSeconds') ?? '3600')
  if (!sessionNamePattern.test(sessionName) || !(seconds >= shortestSessionS))
    return refusal(
      'ValidationError',
      'RoleSessionName or DurationSeconds is out of its bounds',
      requestId,
      400,
    )
  const externalId = form.get('ExternalId') ?? undefined
  const wish = { roleArn, sessionName, durationMs: seconds * 1_000, externalId }
  const key = directory.assumeRole(caller, wish, nowMs)
  if (key === 'denied')
    return refusal(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      requestId,
    )
  if (key === 'too-long')
    return refusal(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      requestId,
      400,
    )
  return assumedRole(key, requestId)
}
