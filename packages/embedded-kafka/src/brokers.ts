/** The logical brokers of the cluster. They share everything but their address. */

export type Broker = {
  readonly id: number
  readonly host: string
  /** Known once it listens. */
  port: number
  isAlive: boolean
}

export class Brokers {
  readonly all: readonly Broker[]

  constructor(count: number, host: string) {
    this.all = Array.from({ length: count }, (_, index) => ({ id: index + 1, host, port: 0, isAlive: true }))
  }

  alive(): readonly Broker[] {
    return this.all.filter(({ isAlive }) => isAlive)
  }

  aliveIds(): readonly number[] {
    return this.alive().map(({ id }) => id)
  }

  isAlive(id: number): boolean {
    return this.find(id)?.isAlive ?? false
  }

  find(id: number): Broker | undefined {
    return this.all.find((broker) => broker.id === id)
  }

  /** The first one alive: any broker can do what Kafka's controller does. */
  get controllerId(): number {
    return this.alive()[0]?.id ?? -1
  }
}
