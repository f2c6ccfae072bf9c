/**
 * Amazon MSK's control plane as far as Terraform calls it, over HTTP: configurations, clusters, bootstrap brokers, tags.
 *
 * Moto's clusters stay in state CREATING, forget what they were asked for, and have no bootstrap brokers. These keep the whole
 * request and describe it as MSK does (https://docs.aws.amazon.com/msk/1.0/apireference/), and they are ready at once. Nothing
 * is checked that MSK would check, signatures neither: what Terraform sends and reads is what is under test.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { text } from 'node:stream/consumers'

type Json = Readonly<Record<string, unknown>>
type Answer = { readonly status: number; readonly body: Json }
type Cluster = { readonly arn: string; readonly request: Json; tags: Json }
type Configuration = { readonly arn: string; readonly name: string; readonly revisions: Json[] }

export type MskControlPlane = AsyncDisposable & {
  readonly endpoint: string
  /** The calls that were answered, e.g. `POST /v1/clusters`, each ARN written as `{arn}`. */
  readonly calls: ReadonlySet<string>
  /** Makes a serverless cluster that Terraform does not know of; returns its ARN. */
  createCluster(name: string): string
}

/** Starts it on a free port of 127.0.0.1. */
export async function startMskControlPlane(account: string, region: string): Promise<MskControlPlane> {
  const msk = new Msk(account, region)
  const server = createServer((request, response) => void respond(msk, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The control plane has no port.')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls: msk.calls,
    createCluster: (name) =>
      msk.create(name, {
        serverless: { vpcConfigs: [], clientAuthentication: { sasl: { iam: { enabled: true } } } },
      }).arn,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function respond(msk: Msk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = await text(request)
  const url = new URL(request.url ?? '/', 'http://msk')
  const body: Json = sent === '' ? {} : JSON.parse(sent)
  const answer = msk.answer(request.method ?? 'GET', decodeURIComponent(url.pathname), body, url.searchParams)
  const error = typeof answer.body['__type'] === 'string' ? { 'x-amzn-errortype': answer.body['__type'] } : {}
  response.writeHead(answer.status, { 'content-type': 'application/json', ...error })
  response.end(JSON.stringify(answer.body))
}

class Msk {
  readonly calls = new Set<string>()
  readonly #account: string
  readonly #region: string
  readonly #clusters = new Map<string, Cluster>()
  readonly #configurations = new Map<string, Configuration>()

  constructor(account: string, region: string) {
    this.#account = account
    this.#region = region
  }

  answer(method: string, path: string, body: Json, query: URLSearchParams): Answer {
    const [, before = path, arn = '', after = ''] =
      /^(.*?)(arn:aws:kafka:[^/]+\/[^/]+\/[^/]+)(.*)$/.exec(path) ?? []
    const call = `${method} ${before}${arn === '' ? '' : '{arn}'}${after}`
    this.calls.add(call)
    switch (call) {
      case 'POST /v1/configurations':
        return this.#createConfiguration(body)
      case 'POST /v1/clusters':
        return created(this.create(String(body['clusterName']), { provisioned: body }, body['tags']))
      case 'POST /api/v2/clusters':
        return created(this.create(String(body['clusterName']), body, body['tags']))
      case 'GET /v1/tags/{arn}':
        return this.#withCluster(arn, ({ tags }) => ok({ tags }))
      case 'POST /v1/tags/{arn}':
        return this.#withCluster(arn, (cluster) => {
          cluster.tags = { ...cluster.tags, ...object(body['tags']) }
          return ok({})
        })
      case 'DELETE /v1/tags/{arn}':
        return this.#withCluster(arn, (cluster) => {
          const gone = query.getAll('tagKeys')
          cluster.tags = Object.fromEntries(
            Object.entries(cluster.tags).filter(([key]) => !gone.includes(key)),
          )
          return ok({})
        })
      case 'GET /v1/clusters/{arn}':
        return this.#withCluster(arn, (cluster) => ok({ clusterInfo: describeV1(cluster) }))
      case 'GET /api/v2/clusters/{arn}':
        return this.#withCluster(arn, (cluster) => ok({ clusterInfo: describeV2(cluster) }))
      case 'GET /v1/clusters/{arn}/bootstrap-brokers':
        return this.#withCluster(arn, (cluster) => ok(this.#bootstrapBrokers(cluster)))
      case 'DELETE /v1/clusters/{arn}':
        return this.#withCluster(arn, () => {
          this.#clusters.delete(arn)
          return ok({ clusterArn: arn, state: 'DELETING' })
        })
      case 'GET /v1/configurations/{arn}':
        return this.#withConfiguration(arn, describeConfiguration)
      case 'GET /v1/configurations/{arn}/revisions/1':
        return this.#withConfiguration(arn, ({ revisions }) => ok({ arn, revision: 1, ...revisions[0] }))
      case 'DELETE /v1/configurations/{arn}':
        return this.#withConfiguration(arn, () => {
          this.#configurations.delete(arn)
          return ok({ arn, state: 'DELETING' })
        })
      default:
        return refused(501, 'NotImplemented', `The tests' control plane does not know ${call}.`)
    }
  }

  create(name: string, request: Json, tags: unknown = {}): Cluster {
    const type = request['serverless'] === undefined ? 5 : 's1'
    const arn = this.#arn('cluster', `${name}/${randomUUID()}-${type}`)
    const cluster: Cluster = { arn, request: { clusterName: name, ...request }, tags: object(tags) }
    this.#clusters.set(arn, cluster)
    return cluster
  }

  #createConfiguration(body: Json): Answer {
    const name = String(body['name'])
    const arn = this.#arn('configuration', `${name}/${randomUUID()}-5`)
    const { description, serverProperties } = body
    const configuration = { arn, name, revisions: [{ description, serverProperties, creationTime: now() }] }
    this.#configurations.set(arn, configuration)
    return describeConfiguration(configuration)
  }

  #bootstrapBrokers(cluster: Cluster): Json {
    const { clusterName, serverless } = cluster.request
    const domain = `${this.#region}.amazonaws.com:9098`
    const hosts =
      serverless === undefined
        ? [1, 2, 3].map((broker) => `b-${broker}.${String(clusterName)}.a1b2c3.c5.kafka.${domain}`)
        : [`boot-a1b2c3d4.c1.kafka-serverless.${domain}`]
    return { bootstrapBrokerStringSaslIam: hosts.join(',') }
  }

  #arn(kind: string, rest: string): string {
    return `arn:aws:kafka:${this.#region}:${this.#account}:${kind}/${rest}`
  }

  #withCluster(arn: string, work: (cluster: Cluster) => Answer): Answer {
    const cluster = this.#clusters.get(arn)
    return cluster === undefined
      ? refused(404, 'NotFoundException', `There is no cluster ${arn}.`)
      : work(cluster)
  }

  #withConfiguration(arn: string, work: (configuration: Configuration) => Answer): Answer {
    const configuration = this.#configurations.get(arn)
    return configuration === undefined
      ? refused(400, 'BadRequestException', 'Configuration ARN does not exist')
      : work(configuration)
  }
}

function describeV1(cluster: Cluster): Json {
  const { kafkaVersion, configurationInfo, ...rest } = object(cluster.request['provisioned'])
  const { arn: configurationArn, revision: configurationRevision } = object(configurationInfo)
  return {
    ...rest,
    ...common(cluster),
    currentBrokerSoftwareInfo: { kafkaVersion, configurationArn, configurationRevision },
    storageMode: 'LOCAL',
  }
}

function describeV2(cluster: Cluster): Json {
  const { serverless } = cluster.request
  return serverless === undefined
    ? { ...common(cluster), clusterType: 'PROVISIONED', provisioned: describeV1(cluster) }
    : { ...common(cluster), clusterType: 'SERVERLESS', serverless }
}

function common({ arn, request, tags }: Cluster): Json {
  const { clusterName } = request
  return { clusterArn: arn, clusterName, state: 'ACTIVE', currentVersion: 'K3P5ROKL5A1OLE', tags }
}

function describeConfiguration({ arn, name, revisions }: Configuration): Answer {
  const latestRevision = { revision: revisions.length, ...revisions.at(-1) }
  return ok({ arn, name, state: 'ACTIVE', creationTime: now(), latestRevision })
}

const ok = (body: Json): Answer => ({ status: 200, body })
const created = ({ arn, request }: Cluster): Answer =>
  ok({ clusterArn: arn, clusterName: request['clusterName'], state: 'CREATING' })
const refused = (status: number, type: string, message: string): Answer => ({
  status,
  body: { __type: type, message },
})
const now = (): string => new Date().toISOString()

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
