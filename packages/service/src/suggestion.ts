/** Finds what a mistyped name was meant to be. */

/** The candidate nearest to `name`, or `undefined` when none is near (a third of its length, at least 2 edits). */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  // What all variables begin with makes none of them nearer.
  const limit = Math.max(2, Math.floor(name.replace(/^PINPIPE_/, '').length / 3))
  let best: { readonly candidate: string; readonly edits: number } | undefined
  for (const candidate of candidates) {
    const edits = isExtension(name, candidate) ? 1 : distance(name, candidate)
    if (edits <= limit && edits < candidate.length && (best === undefined || edits < best.edits))
      best = { candidate, edits }
  }
  return best?.candidate
}

/** ` Did you mean X?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const found = nearest(name, candidates)
  return found === undefined ? '' : `; did you mean ${found}?`
}

/** `--topic` for `--topics`, `--max-rec` for `--max-records`: somebody who stopped typing. */
function isExtension(name: string, candidate: string): boolean {
  return name.length >= 4 && candidate.startsWith(name)
}

/** Levenshtein's distance with swapped neighbours as one edit. */
function distance(a: string, b: string): number {
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + change)
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) edits = Math.min(edits, at(before, column - 2) + 1)
      current.push(edits)
    }
    before = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
