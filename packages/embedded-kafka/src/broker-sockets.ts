/** The listeners of all brokers: opened together, stopped and started one by one. */

import { type Socket } from 'node:net'
import { type Broker } from './brokers.ts'
import { type Cluster } from './cluster.ts'
import { type Respond } from './connection.ts'
import { dispatch } from './dispatcher.ts'
import { type BrokerPower } from './faults.ts'
import { LoginSession } from './login/login-session.ts'
import { type Mechanism } from './login/mechanism.ts'
import { type Listener, type TlsOptions, openListener } from './listener.ts'

type Options = {
  readonly port?: number
  readonly tls?: TlsOptions
  readonly maxRequestBytes?: number
  readonly logins?: Logins
}

/** Who may come in, and for how long. */
export type Logins = {
  readonly mechanisms: readonly Mechanism[]
  /** connections.max.reauth.ms: a session ends at the latest then (KIP-368). Default 0: with its credentials. */
  readonly maxSessionMs?: number
}

/** socket.request.max.bytes */
const largestRequestBytes = 100 * 1024 * 1024

export class BrokerSockets implements BrokerPower {
  readonly #cluster: Cluster
  readonly #options: Options
  readonly #listeners = new Map<number, Listener>()

  constructor(cluster: Cluster, options: Options) {
    this.#cluster = cluster
    this.#options = options
  }

  /** @throws the error of `listen`; nothing is left open then */
  async open(): Promise<void> {
    const { port = 0 } = this.#options
    try {
      for (const [index, broker] of this.#cluster.brokers.all.entries())
        await this.#open(broker, port === 0 ? 0 : port + index)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async stop(brokerId: number): Promise<void> {
    const listener = this.#listeners.get(brokerId)
    this.#listeners.delete(brokerId)
    await listener?.[Symbol.asyncDispose]()
  }

  async start(brokerId: number): Promise<void> {
    const broker = this.#cluster.brokers.find(brokerId)
    if (broker !== undefined && !this.#listeners.has(brokerId)) await this.#open(broker, broker.port)
  }

  dropConnections(brokerId: number): void {
    this.#listeners.get(brokerId)?.dropConnections()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((brokerId) => this.stop(brokerId)))
  }

  async #open(broker: Broker, port: number): Promise<void> {
    const cluster = this.#cluster
    const { maxRequestBytes: maxFrameBytes = largestRequestBytes, tls } = this.#options
    const { mechanisms = [], maxSessionMs = 0 } = this.#options.logins ?? {}
    const respondTo = (socket: Socket): Respond => {
      const clientHost = `/${socket.remoteAddress ?? ''}`
      const login = new LoginSession({ mechanisms, maxSessionMs, clock: cluster.clock })
      return (frame, connection) => dispatch(frame, { cluster, broker, clientHost, login, ...connection })
    }
    const listener = await openListener({ host: broker.host, port, maxFrameBytes, tls }, respondTo)
    broker.port = listener.port
    this.#listeners.set(broker.id, listener)
  }
}
