/** Names of the objects in the lake. Pure; the names are a contract with every reader (see the README). */

/** `topics` is what readers list; `dead` holds what could not become a line of `topics`. */
type ObjectArea = 'topics' | 'dead'

export type ObjectKeyParts = {
  readonly area: ObjectArea
  readonly topic: string
  /** 0 unless the topic was made anew. */
  readonly epoch: number
  readonly partition: number
  /** The folder below the topic: `partition=0`, or what the layout makes of the records. */
  readonly path: string
  /** First and last offset of the whole range, both inclusive. */
  readonly start: bigint
  readonly end: bigint
  /** With its dot: `.json`, `.json.gz`. */
  readonly extension: string
}

/** Wide enough for every offset (2^63 - 1 has 19 digits), so that names sort as offsets do. */
const offsetDigits = 20

/**
 * The key below the lake: `topics/<topic>/<path>/<topic>+<p>+<start>-<end><extension>`; the name of a later epoch begins
 * with `<topic>@<epoch>`.
 * Throws a RangeError for a range that is empty or begins below 0: a bug of the caller, never a matter of input.
 */
export function objectKey(parts: ObjectKeyParts): string {
  const { area, topic, epoch, partition, path, start, end, extension } = parts
  if (start < 0n || end < start) throw new RangeError(`No object can hold the offsets ${start} to ${end}.`)
  const range = `${offsetText(start)}-${offsetText(end)}`
  const name = epoch === 0 ? topic : `${topic}@${epoch}`
  return `${area}/${topic}/${path}/${name}+${partition}+${range}${extension}`
}

function offsetText(offset: bigint): string {
  return offset.toString().padStart(offsetDigits, '0')
}
