/**
 * What one writer can do next: recovery (`look`, `begin`, `tail`, `adopt`) and the steps of writing a range (`ready`, `claim`,
 * `doubt`, `store`). A step is one request with its answer. What is merged, and why that hides nothing:
 * - LIST and the HEADs of the link's files are one step: files only ever appear, and creating one that is there does nothing, so
 *   what a later HEAD would have found is the same run with one more idle request.
 * - An answered request arrives and is answered in one step: what happens after its arrival happens before the writer's next step.
 * - Where the log cannot change, reading it commutes with everything: the tail check and the buffering are then no steps.
 */
import { type Claim, claimOf, maxRecords, offsetsOf } from './claim.ts'
import { changed, type Context, type State, type Writer, writer as freshWriter } from './state.ts'
import {
  frontierOf,
  inOtherSettings,
  latestOf,
  linkAt,
  missingFiles,
  requestsOnTheirWay,
  storedOffsets,
  tailBelow,
  withFile,
  withGenesis,
  withLink,
  withRequest,
} from './store.ts'

/** `broken`: the step itself shows that something is wrong. */
export type Emit = (
  next: State,
  action: string,
  who?: Writer,
  what?: { readonly text: string },
  broken?: string,
) => void

/** The steps of `state.writers[i]`; the one in which everything goes well comes first. */
export function writerSteps(context: Context, state: State, i: number, emit: Emit): void {
  const writer = state.writers[i]
  if (!writer) return
  const step = new WriterStep(context, state, writer, i, emit)
  if (writer.behind) step.storeFiles(writer.behind)
  step[writer.phase]()
}

export function logMoves({ world }: Context): boolean {
  return world.retention || world.anew
}

/** A step of a writer is a replacement of it in the state; a request that is on its way stays there when its writer moves on. */
export function replaced(state: State, i: number, next: Writer): State {
  return { ...state, writers: state.writers.with(i, next) }
}

class WriterStep {
  readonly #context: Context
  readonly #state: State
  readonly #writer: Writer
  readonly #i: number
  readonly #emit: Emit

  constructor(context: Context, state: State, writer: Writer, i: number, emit: Emit) {
    this.#context = context
    this.#state = state
    this.#writer = writer
    this.#i = i
    this.#emit = emit
  }

  /** Recovery, steps 1 and 2. */
  look(): void {
    const { rules, world } = this.#context
    const state = this.#state
    const epoch = state.geneses[1] ? 1 : 0
    const genesis = state.geneses[epoch]
    const latest = latestOf(state, epoch)
    const { incarnation } = state.log
    const seen = { epoch, incarnation, unaware: !rules.looksAgeFromTheirRequest }
    if (!rules.positionsFromTheChain && state.committed !== undefined) {
      this.#to('looks up the committed offset', { ...seen, phase: 'ready', frontier: state.committed })
    } else if (!genesis && !latest) {
      for (const reset of world.resets) {
        const start = Math.max(reset, state.log.start)
        if (rules.genesisIsAnObject) {
          const claim = claimOf('genesis', epoch, incarnation, start, start)
          this.#to('finds no chain', { ...seen, phase: 'begin', claim })
        } else this.#to(`finds no links, starts at ${start}`, { ...seen, phase: 'ready', frontier: start })
      }
    } else if (rules.genesisNamesTheTopicId && genesis && genesis.incarnation !== incarnation) {
      this.#forget('halts: TOPIC_CHANGED, another topic id')
    } else if (!latest) {
      this.#reach('finds the genesis', genesis?.start ?? 0, undefined, seen)
    } else if (latest.kind !== 'close') this.#adopt(latest, seen)
  }

  #adopt(latest: Claim, seen: Partial<Writer>): void {
    const { rules } = this.#context
    const { log } = this.#state
    const missing = rules.recoveryChecksFiles ? missingFiles(this.#context, this.#state, latest) : []
    if (missing.length === 0) return this.#reach('finds the latest link', frontierOf(latest), latest, seen)
    if (log.start > latest.start) {
      if (!rules.lostRangesAreGivenUp)
        return this.#forget('halts: the unfinished range is no longer in the log')
      const claim = claimOf('abandon', latest.epoch, latest.incarnation, latest.start, latest.end)
      return this.#to('finds an unfinished range that is no longer in the log', {
        ...seen,
        phase: 'claim',
        claim,
      })
    }
    if (log.incarnation !== latest.incarnation) return this.#forget('halts: TOPIC_CHANGED, another digest')
    const claim = rules.adoptersUseTheLinksSettings ? latest : inOtherSettings(latest)
    this.#to('adopts the unfinished range', { ...seen, phase: 'adopt', claim })
    return undefined
  }

  /** Rule R1. Whatever comes of it, the writer then looks what is there. */
  begin(): void {
    const { claim } = this.#writer
    if (!claim) return
    const next = this.#with(freshWriter(this.#writer.name))
    this.#emit(withGenesis(next, claim), 'creates its genesis, or finds one', this.#writer, claim)
    if (this.#mayDelay())
      this.#emit(withRequest(next, claim), 'sends its genesis, gets no answer', this.#writer, claim)
  }

  /** Recovery, steps 3 and 4. */
  tail(): void {
    const { rules } = this.#context
    const { epoch, incarnation, frontier, claim: latest } = this.#writer
    const { log } = this.#state
    if (this.#sessionEnded()) return this.#forget('loses its session: the topic is gone')
    const blind = latest?.kind === 'gap' && !rules.gapsCarryTheTail
    const tail = rules.tailIsChecked && !blind ? tailBelow(this.#state, epoch, frontier) : undefined
    if (tail && log.start <= tail.offset && tail.incarnation !== log.incarnation) {
      if (rules.epochsAreActs) return this.#forget('halts: TOPIC_CHANGED, another tail')
      return this.#to('silently starts anew', { phase: 'ready', claim: undefined, frontier: log.start })
    }
    if (log.start <= frontier)
      return this.#to('finds the tail unchanged', { phase: 'ready', claim: undefined })
    if (!rules.gapsAreLinks) {
      return this.#to('silently skips a gap', { phase: 'ready', claim: undefined, frontier: log.start })
    }
    const claim = claimOf('gap', epoch, incarnation, frontier, log.start - 1)
    return this.#to('finds a gap', { phase: 'claim', claim })
  }

  /** Any end may be the range's. */
  ready(): void {
    const { world, rules } = this.#context
    const { epoch, frontier } = this.#writer
    const { log } = this.#state
    if (this.#sessionEnded()) return this.#forget('loses its session: the topic is gone')
    if (log.start > frontier) return this.#forget('finds its position deleted from the log')
    if (this.#isBlocked(rules.oldViewsLookAgain)) return
    const last = Math.min(frontier + world.rangeRecords, world.records) - 1
    for (let end = last; end >= frontier; end--) {
      for (const settings of world.settings) {
        const claim = claimOf('range', epoch, log.incarnation, frontier, end, settings)
        if (logMoves(this.#context)) this.#to('buffers', { phase: 'claim', claim })
        else this.#send(claim)
      }
    }
  }

  claim(): void {
    if (this.#writer.claim && !this.#isBlocked(this.#context.rules.oldViewsLookAgain))
      this.#send(this.#writer.claim)
  }

  doubt(): void {
    const { oldViewsLookAgain, repeatsAreChecked } = this.#context.rules
    if (this.#writer.claim && !this.#isBlocked(oldViewsLookAgain && repeatsAreChecked))
      this.#send(this.#writer.claim)
  }

  store(): void {
    const { claim } = this.#writer
    if (!claim) return
    if (missingFiles(this.#context, this.#state, claim).length === 0) return this.#commit(claim)
    if (!this.#isBlocked(this.#context.rules.oldViewsLookAgain)) this.storeFiles(claim)
    if (!this.#context.rules.oneUnfinishedRange && this.#writer.phase === 'store' && !this.#writer.behind) {
      this.#to('goes on without waiting', {
        phase: 'ready',
        frontier: frontierOf(claim),
        claim: undefined,
        behind: claim,
      })
    }
  }

  adopt(): void {
    this.store()
  }

  storeFiles(claim: Claim): void {
    for (const file of missingFiles(this.#context, this.#state, claim)) {
      const next = withFile(this.#context, this.#state, file)
      this.#emit(next ?? this.#state, 'stores', this.#writer, file, next ? undefined : 'CONTRADICTION')
      if (this.#mayDelay())
        this.#emit(withRequest(this.#state, file), 'sends, gets no answer:', this.#writer, file)
    }
  }

  /** Rule R3; and the wrong variants of it, in which the check and the request are apart. True: nothing may be sent now. */
  #isBlocked(checks: boolean): boolean {
    const { epoch, claim, frontier, old, unaware, phase } = this.#writer
    if (unaware && !this.#context.rules.looksAgeFromTheirRequest && phase === 'ready') {
      this.#to('reads the answer', { unaware: false })
      return true
    }
    if (!checks || !old || unaware) {
      if (!this.#context.rules.checkedInTheSameTurn && !unaware && phase !== 'store' && phase !== 'adopt') {
        this.#to('checks its view, is about to send', { unaware: true })
        return true
      }
      return false
    }
    const latest = latestOf(this.#state, epoch)
    const isSame = latest && latest.kind !== 'close' && frontierOf(latest) === (claim?.start ?? frontier)
    if (
      isSame &&
      phase !== 'store' &&
      phase !== 'adopt' &&
      missingFiles(this.#context, this.#state, latest).length === 0
    ) {
      this.#to('looks again: nothing new', { old: false })
    } else this.#forget('looks again')
    return true
  }

  /** Writing a range, step 2. */
  #send(claim: Claim): void {
    const { rules } = this.#context
    const there = linkAt(this.#state, claim)
    const isMine = there !== undefined && this.#writer.mine
    const waiting = { claim, unaware: false }
    const won = { ...waiting, phase: 'store', mine: false, sent: false } as const
    const doubting = { ...waiting, phase: 'doubt' } as const
    const placed = (fields: Partial<Writer>) => withLink(this.#with(changed(this.#writer, fields)), claim)
    const emit = (next: State, action: string) => this.#emit(next, action, this.#writer, claim)
    if (!there || !rules.createOnly) {
      emit(this.#released(placed({ ...won, old: false })), 'creates link')
      emit(setMine(placed(doubting), this.#i), 'creates link, the answer is lost:')
    } else {
      if (isMine || !rules.conflictsAreRead)
        emit(this.#released(this.#with(changed(this.#writer, won))), 'finds its own link')
      else this.#forget('finds the place taken', claim)
      emit(this.#with(changed(this.#writer, doubting)), 'sends, the answer is lost:')
      if (!rules.createsExclude)
        emit(this.#released(placed({ ...won, old: false })), 'creates link too, as the endpoint lets it:')
    }
    if (!this.#writer.sent && this.#mayDelay()) {
      emit(this.#with(changed(this.#writer, { ...doubting, sent: true })), 'sends, gets no answer:')
    }
  }

  /** Writing a range, step 4. A failed commit changes nothing. */
  #commit(claim: Claim): void {
    const offset = claim.end + 1
    const next = this.#with(changed(this.#writer, { phase: 'ready', frontier: offset, claim: undefined }))
    this.#emit(next, 'fails to commit', this.#writer)
    const genesis = this.#state.geneses[claim.epoch]
    const needed = genesis && offset > genesis.start ? offsetsOf(genesis.start, offset - 1) : 0
    const covered =
      storedOffsets(this.#state, claim.epoch) | (this.#state.givenUp >> (claim.epoch * maxRecords))
    this.#emit(
      { ...next, committed: offset },
      `commits ${offset}`,
      this.#writer,
      undefined,
      needed & ~covered ? 'COMMIT_AHEAD' : undefined,
    )
  }

  /** The frontier is known; where the log may change, its tail is compared first. */
  #reach(action: string, frontier: number, latest: Claim | undefined, seen: Partial<Writer>): void {
    const phase = logMoves(this.#context) ? 'tail' : 'ready'
    this.#to(action, { ...seen, phase, frontier, claim: phase === 'tail' ? latest : undefined })
  }

  #sessionEnded(): boolean {
    return (
      this.#context.rules.sessionsEndWithTheTopic && this.#state.log.incarnation !== this.#writer.incarnation
    )
  }

  #mayDelay(): boolean {
    return requestsOnTheirWay(this.#state) < this.#context.world.delayed
  }

  #to(action: string, fields: Partial<Writer>): void {
    this.#emit(this.#with(changed(this.#writer, fields)), action, this.#writer, fields.claim)
  }

  /** Drops what the writer knows and has buffered: it looks at the chain next. */
  #forget(action: string, what?: Claim): void {
    const { name, behind } = this.#writer
    this.#emit(this.#released(this.#with(freshWriter(name, { behind }))), action, this.#writer, what)
  }

  #with(next: Writer): State {
    return replaced(this.#state, this.#i, next)
  }

  #released(next: State): State {
    return this.#writer.sent && this.#writer.claim ? withRequest(next, this.#writer.claim) : next
  }
}

export function setMine(state: State, i: number): State {
  const writer = state.writers[i]
  return writer ? replaced(state, i, changed(writer, { mine: true })) : state
}
