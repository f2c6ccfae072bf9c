/** What went wrong inside the broker itself: bugs. They must not end the process that it lives in, nor get lost. */

/** The last so many are kept. */
const kept = 100

export class InternalErrors {
  readonly #errors: unknown[] = []

  get last(): readonly unknown[] {
    return this.#errors
  }

  add(error: unknown): void {
    this.#errors.push(error)
    if (this.#errors.length > kept) this.#errors.shift()
  }
}
