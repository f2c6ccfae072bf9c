/**
 * Named events: what an app reports about itself, each with its log line and its counter, emitted together so that
 * they cannot drift apart. One `events.ts` an app declares them all. WARN: unexpected, nothing lost. ERROR: somebody
 * must act. The steady state is silent: an event with a counter and no level only counts.
 */
import { type Counter } from '@prometheus-io/client'
import { type Logger } from './logger.ts'
import { type Metrics } from './metrics.ts'

export type EventSpec<L extends string = string> = {
  readonly level?: 'debug' | 'info' | 'warn' | 'error'
  /** What happened, as a sentence without values; they go into the fields. */
  readonly message: string
  /** `<noun>_<unit>_total`. */
  readonly counter?: string
  readonly help?: string
  /** The fields that are labels of the counter too. They must have few values: a reason, a topic; never an offset. */
  readonly labels?: readonly L[]
}

/** The fields of one event: its labels, anything else worth knowing, and `count` when more than one happened. */
export type EventFields<L extends string> = Readonly<Record<L, string>> & {
  readonly count?: number
} & Readonly<Record<string, unknown>>

export type Emitters<E extends Readonly<Record<string, EventSpec>>> = {
  readonly [K in keyof E]: [LabelOf<E[K]>] extends [never]
    ? (fields?: EventFields<never>) => void
    : (fields: EventFields<LabelOf<E[K]>>) => void
}

type LabelOf<E> = E extends { readonly labels: readonly (infer L extends string)[] } ? L : never

/** Declares the events of an app: `events.rejected({ reason: 'schema', topic })` logs and counts. */
export function defineEvents<const E extends Readonly<Record<string, EventSpec>>>(
  sinks: { readonly log: Logger; readonly metrics: Metrics },
  specs: E,
): Emitters<E> {
  const emitters = Object.entries(specs).map(([name, spec]) => {
    const counter = spec.counter === undefined ? undefined : counterOf(sinks.metrics, spec, spec.counter)
    const emit = (fields: EventFields<string> = {}): void => {
      counter?.inc(labelsOf(spec, fields), fields.count ?? 1)
      if (spec.level !== undefined) sinks.log[spec.level]({ event: name, ...fields }, spec.message)
    }
    return [name, emit] as const
  })
  // Object.fromEntries forgets the names that the mapped type states.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(emitters) as unknown as Emitters<E>
}

function counterOf(metrics: Metrics, spec: EventSpec, name: string): Counter<string> {
  const counter = metrics.counter({
    name,
    help: spec.help ?? spec.message,
    ...(spec.labels === undefined ? {} : { labels: spec.labels }),
  })
  // A counter without labels starts at 0, so that its first event is visible as a change.
  if ((spec.labels ?? []).length === 0) counter.inc(0)
  return counter
}

function labelsOf(spec: EventSpec, fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries((spec.labels ?? []).map((label) => [label, String(fields[label])]))
}
