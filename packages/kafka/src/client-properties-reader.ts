/** The pairs of a client.properties file while they are applied: remembers what was asked for, collects what is wrong. */
export class PropertyReader {
  readonly #pairs: ReadonlyMap<string, string>
  readonly #applied = new Set<string>()
  readonly problems: string[] = []
  readonly notes: string[] = []

  constructor(pairs: ReadonlyMap<string, string>) {
    this.#pairs = pairs
  }

  /** Without white space around it, as Kafka's ConfigDef trims it; undefined when the key is absent. An empty value is ''. */
  text(key: string): string | undefined {
    const value = this.#pairs.get(key)
    if (value === undefined) return undefined
    this.#applied.add(key)
    return value.trim()
  }

  /** Milliseconds, at least 1. Anything else is a problem. */
  durationMs(key: string): number | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text)
    this.problems.push(`${key} must be a number of milliseconds above 0`)
    return undefined
  }

  /** What nobody asked for. */
  get ignored(): readonly string[] {
    return [...this.#pairs.keys()].filter((key) => !this.#applied.has(key)).toSorted()
  }
}
