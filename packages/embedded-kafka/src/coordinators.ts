/** Which broker coordinates which group or transactional id. */

import { type Broker, type Brokers } from './brokers.ts'
import { RequestRefused } from './error-codes.ts'

export type CoordinatorKind = 'group' | 'transaction'

export class Coordinators {
  readonly #brokers: Brokers
  /** Moved by a fault. */
  readonly #moved = new Map<string, number>()

  constructor(brokers: Brokers) {
    this.#brokers = brokers
  }

  /** Spread by the key's hash over the brokers that are alive. */
  of(kind: CoordinatorKind, key: string): Broker | undefined {
    const moved = this.#brokers.find(this.#moved.get(`${kind} ${key}`) ?? -1)
    if (moved?.isAlive === true) return moved
    const alive = this.#brokers.alive()
    return alive[hashOf(key) % alive.length]
  }

  move(kind: CoordinatorKind, key: string, brokerId: number): void {
    this.#moved.set(`${kind} ${key}`, brokerId)
  }

  /** @throws RequestRefused NOT_COORDINATOR */
  check(kind: CoordinatorKind, key: string, broker: Broker): void {
    if (this.of(kind, key) !== broker)
      throw new RequestRefused('NOT_COORDINATOR', `broker ${broker.id} does not coordinate ${kind} ${key}`)
  }
}

/** As Java's String.hashCode, without its sign. */
function hashOf(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0
  return hash & 0x7fff_ffff
}
