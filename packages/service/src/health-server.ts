import { createServer, type Server, type ServerResponse } from 'node:http'
import { Failure } from './failure.ts'
import { type Health, type HealthReport } from './health.ts'
import { type Metrics } from './metrics.ts'

export type HealthServer = AsyncDisposable & { readonly url: string }

type Answer = { readonly status: number; readonly type: string; readonly body: string }

/**
 * Serves `/metrics` (Prometheus text), `/livez`, `/readyz` (200 or 503 with one reason a line) and `/status` (JSON).
 * Port 0 takes a free one. Throws a `Failure` when the address cannot be used.
 */
export async function startHealthServer(options: {
  readonly host: string
  readonly port: number
  readonly metrics: Metrics
  readonly health: Health
  readonly redact: (text: string) => string
}): Promise<HealthServer> {
  const server = createServer(
    { headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 },
    (request, response) => {
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      const answer = isRead ? answerTo(path, options) : Promise.resolve(text(405, 'only GET and HEAD'))
      answer.then(
        (given) => send(response, given, options.redact),
        () => send(response, text(500, 'the answer could not be made'), options.redact),
      )
    },
  )
  await listen(server, options)
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the health server has no TCP address')
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    [Symbol.asyncDispose]: close,
  }
}

async function listen(
  server: Server,
  options: { readonly host: string; readonly port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailure(error, options)))
    server.listen({ host: options.host, port: options.port }, resolve)
  })
}

function listenFailure(
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): Failure {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use by another program: choose another --metrics-port`,
    EACCES: `this user may not listen on port ${port}: choose a --metrics-port above 1023`,
    EADDRNOTAVAIL: `this machine has no address ${host}: choose another --metrics-host`,
    ENOTFOUND: `the host name ${host} is not known: choose another --metrics-host`,
  }
  const reason =
    reasons[error.code ?? ''] ??
    `the metrics server cannot listen on ${host} port ${port} (${error.code ?? error.message}): choose another --metrics-host or --metrics-port`
  return new Failure(reason, { cause: error })
}

async function answerTo(
  path: string,
  { metrics, health }: { readonly metrics: Metrics; readonly health: Health },
): Promise<Answer> {
  switch (path) {
    case '/metrics':
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() }
    case '/livez':
      return verdict(health.liveness())
    case '/readyz':
      return verdict(health.readiness())
    case '/status':
      return { status: 200, type: 'application/json', body: `${statusJson(health.readStatus())}\n` }
    default:
      return text(404, 'there are /metrics, /livez, /readyz and /status')
  }
}

function verdict(report: HealthReport): Answer {
  return report.ok ? text(200, 'ok') : text(503, report.reasons.join('\n'))
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` }
}

function statusJson(status: object): string {
  return JSON.stringify(
    status,
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  )
}

function send(response: ServerResponse, answer: Answer, redact: (text: string) => string): void {
  response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' })
  response.end(redact(answer.body))
}
