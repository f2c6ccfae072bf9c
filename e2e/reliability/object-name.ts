/** What the name of an object promises (the layout is a contract with every reader). Pure. */

export type ObjectName = {
  readonly key: string
  readonly area: 'topics' | 'dead'
  readonly topic: string
  /** Counts how often the topic was deleted and made again. */
  readonly epoch: number
  readonly partition: number
  /** The folders between topic and file: `partition=0`, `year=2020/month=08`. */
  readonly path: string
  /** Both inclusive. */
  readonly start: bigint
  readonly end: bigint
  readonly format: 'json' | 'parquet' | 'bin'
  readonly compression: 'none' | 'gzip' | 'zstd'
  /** What the parts of the name say against each other. */
  readonly contradiction: string | undefined
}

const pattern =
  /^(?<area>topics|dead)\/(?<folder>[^/@]+)\/(?<path>.+)\/(?<topic>[^/+@]+)(?:@(?<epoch>\d+))?\+(?<partition>\d+)\+(?<start>\d{20})-(?<end>\d{20})\.(?<format>json|parquet|bin)(?:\.(?<packed>gz|zst))?$/

/** Undefined for a key that promises nothing. */
export function objectNameOf(key: string): ObjectName | undefined {
  const parts = pattern.exec(key)?.groups
  if (parts === undefined) return undefined
  const { area, folder = '', epoch = '0', path = '', topic = '', format, packed } = parts
  const partition = Number(parts['partition'])
  const start = BigInt(parts['start'] ?? 0)
  const end = BigInt(parts['end'] ?? 0)
  const folderPartition = /(?:^|\/)partition=(?<number>\d+)(?:\/|$)/.exec(path)?.groups?.['number']
  let contradiction: string | undefined
  if (folder !== topic) contradiction = `it lies in the folder of ${folder}`
  else if (area === 'dead' && folderPartition === undefined) contradiction = 'a dead letter has no partition'
  else if (folderPartition !== undefined && Number(folderPartition) !== partition) {
    contradiction = `it lies in the folder of partition ${folderPartition}`
  } else if (end < start) contradiction = 'its range ends before it begins'
  return {
    key,
    area: area === 'dead' ? 'dead' : 'topics',
    topic,
    epoch: Number(epoch),
    partition,
    path,
    start,
    end,
    format: format === 'parquet' ? 'parquet' : format === 'bin' ? 'bin' : 'json',
    compression: packed === 'gz' ? 'gzip' : packed === 'zst' ? 'zstd' : 'none',
    contradiction,
  }
}

/** All objects of one range: it may lie in several folders, and have dead letters. */
export type NamedRange = {
  readonly start: bigint
  readonly end: bigint
  readonly objects: readonly ObjectName[]
}

/** The ranges of one partition by their start. */
export function rangesOf(names: readonly ObjectName[]): readonly NamedRange[] {
  return [...Map.groupBy(names, ({ start, end }) => `${start}-${end}`).values()]
    .map((objects) => ({ start: objects[0]?.start ?? 0n, end: objects[0]?.end ?? 0n, objects }))
    .toSorted((a, b) => (a.start === b.start ? Number(a.end - b.end) : a.start < b.start ? -1 : 1))
}
