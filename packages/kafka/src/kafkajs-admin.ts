/** The kafkajs admin client, and requests over its connections that kafkajs itself does not know. */

import { type Admin } from 'kafkajs'
import { type KafkaConnection } from './connection.ts'
import { KafkaError } from './errors.ts'
import { kafkaOf } from './kafka-client.ts'
import { type TopicAnswer, type WireApi } from './wire/wire-api.ts'

/** About 10 s. */
const adminRetries = 5

/** What the patched kafkajs has and its types do not. */
type Patched = {
  readonly cluster: { readonly brokerPool: { findConnectedBroker(): Promise<KafkajsBroker> } }
}

type KafkajsBroker = {
  /** What the broker offers, by API key. */
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>
  readonly connectionPool: {
    send<T>(call: {
      readonly request: {
        readonly apiName: string
        readonly apiKey: number
        readonly apiVersion: number
        encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>
      }
      readonly response: { decode(bytes: Buffer): Promise<T>; parse(answer: T): Promise<T> }
    }): Promise<T>
  }
  metadata(
    topics: readonly string[],
    options: { readonly isLenient: boolean },
  ): Promise<{ readonly topicMetadata: readonly KafkajsTopic[] }>
}

type KafkajsTopic = {
  readonly topicErrorCode: number
  readonly topic: string
  readonly isInternal?: boolean
  readonly partitionMetadata: readonly {
    readonly partitionId: number
    readonly leader: number
    readonly replicas: readonly number[]
    readonly isr: readonly number[]
    readonly offlineReplicas?: readonly number[]
  }[]
}

/** One broker of the cluster that answers, through a connection that is logged in. */
export class RawBroker {
  readonly #broker: KafkajsBroker

  constructor(broker: KafkajsBroker) {
    this.#broker = broker
  }

  /** Whether the broker speaks that version of that API. */
  speaks({ key, version }: WireApi<never, unknown>): boolean {
    const offered = this.#broker.versions[key]
    return offered !== undefined && offered.minVersion <= version && version <= offered.maxVersion
  }

  async send<Request, Answer>(api: WireApi<Request, Answer>, request: Request): Promise<Answer> {
    const buffer = api.encode(request)
    return await this.#broker.connectionPool.send<Answer>({
      request: {
        apiName: api.name,
        apiKey: api.key,
        apiVersion: api.version,
        encode: async () => await Promise.resolve({ buf: buffer, buffer }),
      },
      response: {
        decode: async (bytes) => await Promise.resolve(api.decode(bytes)),
        parse: async (answer) => await Promise.resolve(answer),
      },
    })
  }

  /** Topics by kafkajs's own Metadata request, which every broker speaks: without ids. */
  async topicsByKafkajs(topics: readonly string[]): Promise<readonly TopicAnswer[]> {
    const { topicMetadata } = await this.#broker.metadata(topics, { isLenient: true })
    return topicMetadata.map(({ topicErrorCode, topic, isInternal = false, partitionMetadata }) => ({
      errorCode: topicErrorCode,
      topic,
      internal: isInternal,
      partitions: partitionMetadata.map(({ partitionId, leader, replicas, isr, offlineReplicas }) => ({
        partition: partitionId,
        leader,
        replicas,
        isr,
        ...(offlineReplicas === undefined ? {} : { offline: offlineReplicas }),
      })),
    }))
  }
}

/** A connected admin client. */
export async function connectedAdmin(connection: KafkaConnection): Promise<Admin> {
  const admin = kafkaOf(connection, { retries: adminRetries }).admin()
  await admin.connect()
  return admin
}

/** Any broker that is connected, else one that can be. */
export async function rawBrokerOf({ cluster }: Admin & Partial<Patched>): Promise<RawBroker> {
  if (cluster === undefined) {
    throw new KafkaError('FAILED', "kafkajs is not patched; install this project's dependencies with pnpm")
  }
  return new RawBroker(await cluster.brokerPool.findConnectedBroker())
}
