/** A moment as a setting writes it: ISO 8601 with a zone, which a time without one would leave to this machine. */

/** Milliseconds since 1970; undefined for anything else than a time with a zone. */
export function timeOf(text: string): number | undefined {
  const atMs = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? undefined : atMs
}
