/**
 * What writers put into the store: claims (links and their like) and data files. There are finitely many of them, so each is made
 * once: equal ones are identical, and their ids go into the fingerprints of states.
 */
export type ClaimKind = 'range' | 'gap' | 'abandon' | 'close' | 'genesis'

export type DataFile = {
  readonly id: number
  readonly epoch: number
  /** Bit `incarnation × 4 + offset` for each record in it. */
  readonly records: number
  /** Without the epoch. */
  readonly name: string
  readonly text: string
}

/** `close` ends the chain of an epoch; `abandon` stands beside the link of the same range and gives up its missing files. */
export type Claim = {
  readonly id: number
  readonly kind: ClaimKind
  readonly epoch: number
  /** Which incarnation of the topic the records are from. */
  readonly incarnation: number
  readonly settings: number
  /** Both inclusive. */
  readonly start: number
  readonly end: number
  readonly files: readonly DataFile[]
  readonly text: string
}

export const maxRecords = 4
/** Above the ids of all claims and of all files. */
export const idLimit = 4096

const kinds: readonly ClaimKind[] = ['range', 'gap', 'abandon', 'close', 'genesis']
const claims: (Claim | undefined)[] = []

export function claimOf(
  kind: ClaimKind,
  epoch: number,
  incarnation: number,
  start: number,
  end: number,
  settings = 0,
): Claim {
  const id =
    1 + ((((kinds.indexOf(kind) * 2 + epoch) * 2 + incarnation) * 2 + settings) * 8 + start) * 8 + end
  return (claims[id] ??= newClaim(id, kind, epoch, incarnation, start, end, settings))
}

function newClaim(
  id: number,
  kind: ClaimKind,
  epoch: number,
  incarnation: number,
  start: number,
  end: number,
  settings: number,
): Claim {
  const offsets = Array.from({ length: end - start + 1 }, (_, i) => start + i)
  const paths = kind === 'range' ? (settings === 0 ? [offsets] : offsets.map((offset) => [offset])) : []
  const files = paths.map((path, i): DataFile => {
    const records = path.reduce((bits, offset) => bits | (1 << (incarnation * maxRecords + offset)), 0)
    const name = `${settings === 0 ? '' : `path${i}/`}${start}-${end}`
    const of = `${epoch > 0 ? `@${epoch}` : ''}${incarnation > 0 ? " of the new topic's records" : ''}`
    return { id: idLimit + id * 4 + i, epoch, records, name, text: `${name}${of}` }
  })
  const text = `${kind} ${start}${kind === 'range' || kind === 'gap' ? `-${end}` : ''}${epoch > 0 ? `@${epoch}` : ''}${
    incarnation > 0 ? ' (new topic)' : ''
  }${settings > 0 ? ' by path' : ''}`
  return Object.freeze({ id, kind, epoch, incarnation, settings, start, end, files, text })
}

export function offsetsOf(start: number, end: number): number {
  return (1 << (end + 1)) - (1 << start)
}
