/** How far this machine's clock is from AWS's, by the `Date` of what STS answers: a login that is signed too early or late is refused. */

import { type CredentialOptions } from './credentials.ts'

type Plugin = NonNullable<CredentialOptions['clientPlugins']>[number]

/** What counts: a login may be signed five minutes too early, and the answer's date has whole seconds. */
const noticeableMs = 30_000

export class ClockSkew {
  readonly #nowMs: () => number
  readonly #onSkew: (sentence: string) => void
  #skewMs: number | undefined

  /** @param onSkew told once while the clocks differ. */
  constructor(nowMs: () => number, onSkew: (sentence: string) => void) {
    this.#nowMs = nowMs
    this.#onSkew = onSkew
  }

  /** This clock minus AWS's, as of the last answer. Undefined before the first one. */
  get skewMs(): number | undefined {
    return this.#skewMs
  }

  /** `this machine's clock is 400 s behind AWS's: set it right`, or undefined when it is right as far as is known. */
  get sentence(): string | undefined {
    if (this.#skewMs === undefined || Math.abs(this.#skewMs) < noticeableMs) return undefined
    const seconds = Math.round(Math.abs(this.#skewMs) / 1000)
    return `this machine's clock is ${seconds} s ${this.#skewMs > 0 ? 'ahead of' : 'behind'} AWS's: set it right`
  }

  /** For an STS client. It sees refusals, too. */
  readonly plugin: Plugin = {
    applyToStack: (stack) => {
      // With a low priority it stands next to the network, so before the answer is read.
      const place = { step: 'deserialize', name: 'clockSkew', priority: 'low', override: true } as const
      stack.add(
        (next) => async (request) => {
          const answered = await next(request)
          this.#read(answered.response)
          return answered
        },
        place,
      )
    },
  }

  #read(response: unknown): void {
    const date = dateOf(response)
    if (date === undefined) return
    const before = this.sentence
    this.#skewMs = this.#nowMs() - date
    if (before === undefined && this.sentence !== undefined) this.#onSkew(this.sentence)
  }
}

function dateOf(response: unknown): number | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined
  const { headers } = response
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return undefined
  const atMs = Date.parse(String(headers.date))
  return Number.isNaN(atMs) ? undefined : atMs
}
