/** The object store of the model, and what a listing of it says. Pure: each function takes a state and returns one. */
import { type Claim, claimOf, type DataFile, maxRecords, offsetsOf } from './claim.ts'
import { changed, type Context, type PlacedLink, type State, type Writer } from './state.ts'

export function linkAt({ links }: State, claim: Claim): PlacedLink | undefined {
  return links.find((link) => samePlace(link.claim, claim))
}

function samePlace(one: Claim, other: Claim): boolean {
  return (
    one.epoch === other.epoch &&
    one.start === other.start &&
    (one.kind === 'abandon') === (other.kind === 'abandon')
  )
}

export function latestOf({ links }: State, epoch: number): Claim | undefined {
  return links.findLast((link) => link.claim.epoch === epoch)?.claim
}

export function frontierOf(link: Claim): number {
  return link.kind === 'close' ? link.start : link.end + 1
}

/** Sets a link, or replaces the one in its place: whether that may happen is for the caller to know. */
export function withLink(state: State, claim: Claim): State {
  const links = [...state.links.filter((link) => !samePlace(link.claim, claim)), { claim, old: false }]
  links.sort((one, other) => orderOf(one.claim) - orderOf(other.claim))
  const writers = state.writers.map((writer) =>
    writer.mine && writer.claim && samePlace(writer.claim, claim) ? changed(writer, { mine: false }) : writer,
  )
  return { ...state, links, writers, givenUp: state.givenUp | givenUpBy(state, claim) }
}

function orderOf({ epoch, start, kind }: Claim): number {
  return (epoch * 8 + start) * 2 + (kind === 'abandon' ? 1 : 0)
}

/** A closed chain gives up what is missing of its last range, too. */
function givenUpBy(state: State, claim: Claim): number {
  const last = claim.kind === 'close' ? latestOf(state, claim.epoch) : undefined
  const spans = claim.kind === 'gap' || claim.kind === 'abandon' ? [claim] : last ? [last] : []
  const offsets = spans.reduce((bits, { start, end }) => bits | offsetsOf(start, end), 0)
  return (offsets & ~storedOffsets(state, claim.epoch)) << (claim.epoch * maxRecords)
}

export function withoutLink(state: State, claim: Claim): State {
  const writers = state.writers.map((writer) =>
    writer.mine && writer.claim && samePlace(writer.claim, claim) ? changed(writer, { mine: false }) : writer,
  )
  return { ...state, writers, links: state.links.filter((link) => link.claim !== claim) }
}

export function withGenesis(state: State, claim: Claim): State {
  return state.geneses[claim.epoch] ? state : { ...state, geneses: state.geneses.with(claim.epoch, claim) }
}

export function missingFiles(context: Context, state: State, claim: Claim): DataFile[] {
  return claim.files.filter((file) => !isStored(context, state, file))
}

export function isStored(context: Context, state: State, file: DataFile): boolean {
  const there = fileNamed(context, state, file)
  return there !== undefined && there.records === file.records
}

/** Undefined: the object is there with other content. */
export function withFile(context: Context, state: State, file: DataFile): State | undefined {
  const there = fileNamed(context, state, file)
  if (there) return there.records === file.records ? state : undefined
  return { ...state, files: [...state.files, file].toSorted((one, other) => one.id - other.id) }
}

function fileNamed({ rules }: Context, { files }: State, { name, epoch }: DataFile): DataFile | undefined {
  return files.find((file) => file.name === name && (!rules.epochsAreInNames || file.epoch === epoch))
}

/** The offsets stored by a chain, whatever incarnation of the topic they are from. */
export function storedOffsets({ files }: State, epoch: number): number {
  return files.reduce(
    (bits, file) =>
      (file.epoch === epoch ? bits | (file.records >> maxRecords) | file.records : bits) & 0b1111,
    0,
  )
}

/** The tail that the latest link carries: the last record below an offset that was claimed, stored or not. */
export function tailBelow({ files, links }: State, epoch: number, frontier: number) {
  for (let offset = frontier - 1; offset >= 0; offset--) {
    for (const incarnation of [0, 1]) {
      const bit = 1 << (incarnation * maxRecords + offset)
      if (files.some((file) => file.epoch === epoch && (file.records & bit) !== 0))
        return { offset, incarnation }
      const isClaimed = links.some(
        ({ claim }) =>
          isRange(claim) &&
          claim.epoch === epoch &&
          claim.end === offset &&
          claim.incarnation === incarnation,
      )
      if (isClaimed) return { offset, incarnation }
    }
  }
  return undefined
}

function isRange({ kind }: Claim): boolean {
  return kind === 'range' || kind === 'abandon'
}

/** Adds a request that nobody waits for any more. */
export function withRequest(state: State, request: Claim | DataFile): State {
  if (state.onTheirWay.includes(request)) return state
  return { ...state, onTheirWay: [...state.onTheirWay, request].toSorted((one, other) => one.id - other.id) }
}

export function requestsOnTheirWay({ onTheirWay, writers }: State): number {
  return onTheirWay.length + writers.filter((writer: Writer) => writer.sent).length
}

/** The range of a link, as another configuration would write it. */
export function inOtherSettings({ kind, epoch, incarnation, start, end, settings }: Claim): Claim {
  return claimOf(kind, epoch, incarnation, start, end, 1 - settings)
}
