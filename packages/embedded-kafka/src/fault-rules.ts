/** Which requests go wrong, and how. Matching and counting only; `dispatcher.ts` carries it out. */

// Whole, not inline: the APIs need the cluster, which needs these rules, and nothing of the APIs at run time.
import type { ApiRequests } from './apis.ts'
import { type ErrorCodeName } from './error-codes.ts'

/** Before the request is carried out, or after it, before the answer. */
export type Moment = 'before' | 'after'

export type FaultAction =
  /** An error code instead of the true answer; `after`: although the request was carried out. */
  | {
      readonly kind: 'answer'
      readonly code: ErrorCodeName
      /** For APIs whose answers explain the code. */
      readonly message?: string
      readonly at?: Moment
    }
  /** The connection is closed; `after`: the request was carried out, its acknowledgement is swallowed. */
  | { readonly kind: 'hang-up'; readonly at?: Moment }
  | { readonly kind: 'delay'; readonly ms: number; readonly at?: Moment }
  /** The answer says that the client should rest so long. */
  | { readonly kind: 'throttle'; readonly ms: number }
  /** Waits for `release()`, so that answers of different connections can be put into any order. */
  | { readonly kind: 'hold'; readonly at?: Moment }
  /** Something else happens at this moment: a leader moves, a topic is deleted. */
  | { readonly kind: 'run'; readonly run: () => unknown; readonly at?: Moment }

export type ApiName = keyof ApiRequests

export type FaultFilter<N extends ApiName = ApiName> = {
  /** Applies to so many requests. Default 1. */
  readonly times?: number
  /** Lets so many matching requests pass first. Default 0. */
  readonly skip?: number
  /** Only on this broker. */
  readonly broker?: number
  /** Only from clients with this id. */
  readonly clientId?: string
  /** Only messages of a re-authentication (KIP-368), or only of a first login. */
  readonly isRepeatedLogin?: boolean
  /** Only requests for which this is true. */
  readonly when?: (request: ApiRequests[N]) => boolean
}

/** A fault that was ordered. */
export type Fault = {
  /** How often it has happened: a test asserts it. */
  readonly count: number
  /** Resolves when it has happened so often. */
  happened(times?: number): Promise<void>
  /** Lets go what a `hold` holds, and holds nothing any more. */
  release(): void
  /** It does not happen any more. */
  remove(): void
}

export type SeenRequest = {
  readonly api: string
  readonly broker: number
  readonly clientId: string
  readonly isRepeatedLogin: boolean
  readonly request: unknown
}

/** One fault at work on one request. */
export type ActiveFault = {
  readonly action: FaultAction
  /** For `hold`: resolves at the release. */
  readonly released: Promise<void>
}

class Rule implements Fault {
  readonly action: FaultAction
  readonly released: Promise<void>
  readonly #api: string
  readonly #filter: FaultFilter
  readonly #waiting = new Set<{ readonly times: number; readonly resolve: () => void }>()
  #release: () => void = () => undefined
  #seen = 0
  #count = 0
  #isRemoved = false

  constructor(api: string, action: FaultAction, filter: FaultFilter) {
    this.#api = api
    this.action = action
    this.#filter = filter
    this.released = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  get count(): number {
    return this.#count
  }

  /** Counts when it applies. */
  applies({ api, broker, clientId, isRepeatedLogin, request }: SeenRequest): boolean {
    const { times = 1, skip = 0, when } = this.#filter
    if (this.#isRemoved || this.#count >= times || this.#api !== api) return false
    if (this.#filter.broker !== undefined && this.#filter.broker !== broker) return false
    if (this.#filter.clientId !== undefined && this.#filter.clientId !== clientId) return false
    if (this.#filter.isRepeatedLogin !== undefined && this.#filter.isRepeatedLogin !== isRepeatedLogin)
      return false
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the api's name was compared above
    if (when?.(request as never) === false) return false
    this.#seen += 1
    if (this.#seen <= skip) return false
    this.#count += 1
    for (const waiting of this.#waiting) if (waiting.times <= this.#count) waiting.resolve()
    return true
  }

  happened(times = 1): Promise<void> {
    if (this.#count >= times) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.add({ times, resolve })
    })
  }

  release(): void {
    this.#release()
  }

  remove(): void {
    this.#isRemoved = true
    this.#release()
  }
}

export class FaultRules {
  #rules: Rule[] = []

  add<N extends ApiName>(api: N, action: FaultAction, filter: FaultFilter<N>): Fault {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `when` is only called for requests of this api
    const rule = new Rule(api, action, filter as FaultFilter)
    this.#rules.push(rule)
    return rule
  }

  /** The faults that apply to this request, in the order in which they were ordered. */
  take(seen: SeenRequest): readonly ActiveFault[] {
    return this.#rules.length === 0 ? [] : this.#rules.filter((rule) => rule.applies(seen))
  }

  clear(): void {
    for (const rule of this.#rules) rule.remove()
    this.#rules = []
  }
}
