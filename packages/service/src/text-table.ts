/** Columns of text for a terminal. */

/**
 * Rows under a header, columns two blanks apart and as wide as their widest cell; no blanks at the ends of lines.
 * Ends with a line end; the empty text when there are no rows.
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
