import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client'

export { type Counter, type Gauge, type Histogram } from '@prometheus-io/client'

type MetricOptions<L extends string> = {
  /** `<noun>_<unit>`, a counter ends in `_total`; `pinpipe_<app>_` is put in front. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly L[]
  /** Take `name` as it is: for a metric that kafka_exporter already has a name for. */
  readonly isWholeName?: boolean
}

/**
 * The metrics of one app, in a registry of their own. Names are `pinpipe_<app>_<noun>_<unit>[_total]`. A wrong or
 * repeated name is a programming error and throws.
 */
export class Metrics {
  readonly registry: Registry = new Registry()
  readonly #prefix: string

  constructor(app: string) {
    this.#prefix = `pinpipe_${app.replaceAll('-', '_')}_`
  }

  counter<L extends string = never>(options: MetricOptions<L>): Counter<L> {
    if (!options.name.endsWith('_total')) throw new Error(`the counter ${options.name} must end in _total`)
    return new Counter<L>(this.#configuration(options))
  }

  /** `collect` is called at each scrape: set the value there instead of on a timer. */
  gauge<L extends string = never>(
    options: MetricOptions<L> & { readonly collect?: (gauge: Gauge<L>) => void },
  ): Gauge<L> {
    const { collect } = options
    return new Gauge<L>({
      ...this.#configuration(options),
      ...(collect === undefined
        ? {}
        : {
            collect(this: Gauge<L>): void {
              collect(this)
            },
          }),
    })
  }

  histogram<L extends string = never>(
    options: MetricOptions<L> & { readonly buckets: readonly number[] },
  ): Histogram<L> {
    return new Histogram<L>({ ...this.#configuration(options), buckets: [...options.buckets] })
  }

  /** CPU, memory, event loop and garbage collection of this process, under the usual names. */
  collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry })
  }

  #configuration<L extends string>(options: MetricOptions<L>) {
    const name = options.isWholeName === true ? options.name : `${this.#prefix}${options.name}`
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name)) throw new Error(`${name} is no metric name`)
    return { name, help: options.help, labelNames: [...(options.labels ?? [])], registers: [this.registry] }
  }
}
