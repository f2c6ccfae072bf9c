/** One writer at one moment: what its next step starts from, and how a step is told. */
import type { Claim } from './claim.ts'
import { changed, type Context, type State, type Writer, writer as freshWriter } from './state.ts'
import { requestsOnTheirWay, withLink, withRequest } from './store.ts'

/** `broken`: the step itself shows that something is wrong. */
export type Emit = (
  next: State,
  action: string,
  who?: Writer,
  what?: { readonly text: string },
  broken?: string,
) => void

export class Step {
  readonly context: Context
  readonly state: State
  readonly writer: Writer
  readonly #i: number
  readonly #emit: Emit

  constructor(context: Context, state: State, writer: Writer, i: number, emit: Emit) {
    this.context = context
    this.state = state
    this.writer = writer
    this.#i = i
    this.#emit = emit
  }

  tell(next: State, action: string, what?: { readonly text: string }, broken?: string): void {
    this.#emit(next, action, this.writer, what, broken)
  }

  /** The writer goes on with these fields changed; nothing else changes. */
  to(action: string, fields: Partial<Writer>): void {
    this.tell(this.with(fields), action, fields.claim)
  }

  /** The writer drops what it knows and has buffered: it looks at the chain next. */
  forget(action: string, what?: Claim): void {
    this.tell(this.released(this.forgotten()), action, what)
  }

  with(fields: Partial<Writer>): State {
    return replaced(this.state, this.#i, changed(this.writer, fields))
  }

  forgotten(): State {
    const { name, behind } = this.writer
    return replaced(this.state, this.#i, freshWriter(name, { behind }))
  }

  /** The writer's link is placed, its answer is lost. */
  placedUnawares(claim: Claim, fields: Partial<Writer>): State {
    return setMine(withLink(this.with(fields), claim), this.#i)
  }

  /** The writer moves on; a copy of its request that is on its way stays there. */
  released(next: State): State {
    return this.writer.sent && this.writer.claim ? withRequest(next, this.writer.claim) : next
  }

  get mayDelay(): boolean {
    return requestsOnTheirWay(this.state) < this.context.world.delayed
  }

  /** A topic made anew ends the sessions that read it. */
  get sessionEnded(): boolean {
    const { rules } = this.context
    return rules.sessionsEndWithTheTopic && this.state.log.incarnation !== this.writer.incarnation
  }
}

export function logMoves({ world }: Context): boolean {
  return world.retention || world.anew
}

export function replaced(state: State, i: number, next: Writer): State {
  return { ...state, writers: state.writers.with(i, next) }
}

export function setMine(state: State, i: number): State {
  const writer = state.writers[i]
  return writer ? replaced(state, i, changed(writer, { mine: true })) : state
}
