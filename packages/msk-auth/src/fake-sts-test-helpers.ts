/** An STS on loopback that speaks AWS's query protocol: form in, XML out. */

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AccessKey } from './token-verifier.ts'

export type StsCall = {
  readonly action: string
  readonly form: URLSearchParams
  readonly accessKeyId: string | undefined
}

export type FakeSts = AsyncDisposable & {
  readonly url: string
  readonly calls: readonly StsCall[]
  /** What this STS gave out. */
  readonly keyOf: (accessKeyId: string) => AccessKey | undefined
}

export type FakeStsOptions = {
  /** Life of the credentials it gives, from its own clock. Default 3600. */
  readonly lifetimeS?: number
  readonly nowMs?: () => number
  readonly answerAfterMs?: number
  /** Refuses every call with this code, as `AccessDenied`. */
  readonly refuseWith?: string
  /** Takes the request and never answers. */
  readonly silent?: boolean
}

/** Starts one on a free port of loopback, for the actions that assume a role. Disposing of it cuts its connections. */
export async function startFakeSts(options: FakeStsOptions = {}): Promise<FakeSts> {
  const calls: StsCall[] = []
  const keys = new Map<string, AccessKey>()
  const server = createServer((request, response) => {
    void (async () => {
      let body = ''
      for await (const part of request) body += String(part)
      const form = new URLSearchParams(body)
      const action = form.get('Action') ?? ''
      const accessKeyId = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]
      calls.push({ action, form, accessKeyId })
      if (options.silent === true) return
      await sleep(options.answerAfterMs ?? 0)
      const nowMs = options.nowMs?.() ?? Date.now()
      response.setHeader('content-type', 'text/xml')
      response.setHeader('date', new Date(nowMs).toUTCString())
      if (options.refuseWith !== undefined) {
        response.statusCode = 403
        response.end(refusal(options.refuseWith))
        return
      }
      if (action === 'GetCallerIdentity') {
        response.end(identity(accessKeyId ?? ''))
        return
      }
      const id = `ASIAFAKE${String(calls.length).padStart(8, '0')}`
      const secret = `secret/of+${id}`
      const expiration = new Date(nowMs + (options.lifetimeS ?? 3600) * 1000)
      const sessionToken = `session-token-of-${id}`
      keys.set(id, { secretAccessKey: secret, sessionToken, expiresAtMs: expiration.getTime() })
      response.end(assumed(action, { id, secret, expiration, session: form.get('RoleSessionName') ?? '' }))
    })()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake STS does not listen on TCP')
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    keyOf: (accessKeyId) => keys.get(accessKeyId),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function assumed(
  action: string,
  given: { id: string; secret: string; expiration: Date; session: string },
): string {
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
<AssumedRoleUser><AssumedRoleId>AROAFAKE:${given.session}</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/${given.session}</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>${given.id}</AccessKeyId><SecretAccessKey>${given.secret}</SecretAccessKey><SessionToken>session-token-of-${given.id}</SessionToken><Expiration>${given.expiration.toISOString()}</Expiration></Credentials>
</${action}Result><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></${action}Response>`
}

function identity(accessKeyId: string): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/of-${accessKeyId}</Arn><UserId>${accessKeyId}</UserId><Account>123456789012</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
}

function refusal(code: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>User: arn:aws:iam::123456789012:user/a is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>11111111-1111-1111-1111-111111111111</RequestId></ErrorResponse>`
}
