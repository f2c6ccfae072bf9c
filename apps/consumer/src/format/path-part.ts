/**
 * One folder of a Hive layout, `category=art`. Any name and any value make a safe part: what could end it, or mean
 * something to a file system, a glob or an XML listing, is percent-encoded, as Hive and Spark write and read it
 * (Hive's `FileUtils.escapePathName`).
 */

/** What Hive, Spark and DuckDB read as NULL. */
const nullPartition = '__HIVE_DEFAULT_PARTITION__'

/** The longest name of a file system (NAME_MAX). */
const longestPartBytes = 255

/**
 * Hive's list (with the controls of ASCII); then what XML 1.0 cannot hold (S3 lists keys in XML): U+FFFE, U+FFFF, and halves of surrogate pairs,
 * which JSON text can hold but UTF-8 cannot.
 */
const unsafe = /["#%'*/:=?\\{[\]^\ufffe\uffff]|[^\P{Cc}\x80-\x9f]|\p{Surrogate}/gu

/** Undefined when it is longer than a file system takes. `null` and empty text are the null partition. */
export function pathPart(name: string, value: string | null): string | undefined {
  const encoded = value === null || value === '' ? nullPartition : encodePart(value)
  const part = `${encodePart(name)}=${encoded}`
  return part.length * 3 <= longestPartBytes || Buffer.byteLength(part) <= longestPartBytes ? part : undefined
}

function encodePart(text: string): string {
  return text.replace(unsafe, percentEncoded)
}

function percentEncoded(char: string): string {
  const code = char.charCodeAt(0)
  if (code < 0x80) return percent(code)
  // Three bytes of (generalised) UTF-8.
  return percent(0xe0 | (code >> 12)) + percent(0x80 | ((code >> 6) & 0x3f)) + percent(0x80 | (code & 0x3f))
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
