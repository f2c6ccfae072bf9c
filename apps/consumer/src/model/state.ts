/** A state of the model: the log, the store, the requests on their way, and what each writer remembers. Immutable. */
import { type Claim, type DataFile, idLimit } from './claim.ts'
import type { Rules, World } from './rules.ts'

/**
 * `look`: knows nothing, about to list the chain. That is also the state after a crash: a dead writer is one that never moves.
 * `begin`: saw no genesis. `tail`: has read the latest link. `ready`: at the frontier. `claim`: has a buffered range. `doubt`:
 * sent its link and got no answer. `store`: the link is there, its files are to be stored.
 */
const phases = ['look', 'begin', 'tail', 'ready', 'claim', 'doubt', 'store', 'adopt'] as const

type WriterFields = {
  /** For the reader of a trace; no part of the state, as writers are interchangeable. */
  readonly name: string
  readonly phase: (typeof phases)[number]
  readonly epoch: number
  /** Of the topic, as this session knows it. */
  readonly incarnation: number
  readonly frontier: number
  readonly claim: Claim | undefined
  /** R4 off only: an earlier range whose files it has not stored yet. */
  readonly behind: Claim | undefined
  /** The view of the chain is older than the limit. */
  readonly old: boolean
  /** The link at the claim's place holds this writer's nonce. */
  readonly mine: boolean
  /** A copy of the request is on its way. */
  readonly sent: boolean
  /** Wrong variants only: the process is stopped at a place where it will not notice that a day has passed. */
  readonly unaware: boolean
}
export type Writer = WriterFields & { readonly code: number }

export type PlacedLink = { readonly claim: Claim; readonly old: boolean }

export type State = {
  readonly log: { readonly incarnation: number; readonly start: number }
  /** By epoch, once it is there. */
  readonly geneses: readonly (Claim | undefined)[]
  /** In the order of epoch and start; an `abandon` comes after the link beside it. */
  readonly links: readonly PlacedLink[]
  /** In the order of their ids. */
  readonly files: readonly DataFile[]
  /** Ghost, as gap links may be deleted when they are old: bit `epoch × 4 + offset` for what was given up on purpose. */
  readonly givenUp: number
  /** Requests of writers that are dead or do something else by now. In the order of their ids. */
  readonly onTheirWay: readonly (Claim | DataFile)[]
  readonly committed: number | undefined
  /** In the order of their codes: states that differ by a permutation of writers are one. */
  readonly writers: readonly Writer[]
}

export type Context = { readonly rules: Rules; readonly world: World }

const blank: WriterFields = {
  name: '',
  phase: 'look',
  epoch: 0,
  incarnation: 0,
  frontier: 0,
  claim: undefined,
  behind: undefined,
  old: false,
  mine: false,
  sent: false,
  unaware: false,
}

export function writer(name: string, fields: Partial<WriterFields> = {}): Writer {
  const all = { ...blank, ...fields, name }
  return { ...all, code: codeOf(all) }
}

export function changed(previous: Writer, fields: Partial<WriterFields>): Writer {
  const all = { ...previous, ...fields }
  all.code = codeOf(all)
  return all
}

function codeOf(of: WriterFields): number {
  const flags = Number(of.old) + 2 * Number(of.mine) + 4 * Number(of.sent) + 8 * Number(of.unaware)
  const small =
    ((phases.indexOf(of.phase) * 8 + of.frontier) * 16 + flags) * 4 + of.epoch * 2 + of.incarnation
  return (small * idLimit + (of.claim?.id ?? 0)) * idLimit + (of.behind?.id ?? 0)
}

export function initialState({ world }: Context): State {
  return {
    log: { incarnation: 0, start: 0 },
    geneses: [undefined, undefined],
    links: [],
    files: [],
    givenUp: 0,
    onTheirWay: [],
    committed: undefined,
    writers: Array.from({ length: world.writers }, (_, i) => writer(`writer ${'ABCDEFGH'.charAt(i)}`)),
  }
}

/** All but the writers and the requests on their way: what a fresh writer finds. */
export function sharedCode(state: State): number[] {
  const { log, geneses, links, files, givenUp, committed } = state
  const codes = [
    log.incarnation * 8 + log.start,
    givenUp,
    committed ?? -1,
    ...geneses.map((genesis) => genesis?.id ?? -1),
    -2,
  ]
  for (const link of links) codes.push(link.claim.id * 2 + Number(link.old))
  codes.push(-2)
  for (const file of files) codes.push(file.id)
  return codes
}

export function stateCode(state: State): number[] {
  const codes = sharedCode(state)
  codes.push(-2)
  for (const { id } of state.onTheirWay) codes.push(id)
  codes.push(-2)
  for (const { code } of state.writers) codes.push(Math.floor(code / idLimit), code % idLimit)
  return codes
}
