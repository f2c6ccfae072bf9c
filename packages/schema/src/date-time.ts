// DATETIME on the wire is the text MySQL prints: `YYYY-MM-DD HH:MM:SS`, with one to six digits of a second if there are any.
// It has no zone. A zone would be a guess, so nothing here adds or removes one.

/** What the text of a DATETIME looks like. The calendar is checked by {@link isDateTime}. */
export const dateTimePattern = /^[1-9]\d{3}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/

const tForm = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d(?:\.\d{1,6})?)$/

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Is `text` a moment that a DATETIME can hold (years 1000 to 9999, real days only) in wire form?
 * MySQL's zero date and days like 30 February, which a lax `sql_mode` lets in, are not.
 */
export function isDateTime(text: string): boolean {
  return dateTimePattern.test(text) && hasRealDay(text)
}

/** The same for text that is known to have the form of {@link dateTimePattern}. */
export function hasRealDay(text: string): boolean {
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const last = daysOfMonth[month - 1]
  if (last === undefined || day < 1 || twoDigits(text, 11) > 23) return false
  return (
    day <= last || (month === 2 && day === 29 && isLeapYear(twoDigits(text, 0) * 100 + twoDigits(text, 2)))
  )
}

/**
 * The wire form of a DATETIME that a source writes with a `T` (`2022-05-20T19:53:34`, as RFC 3339 and Python's
 * `isoformat` do): the `T` becomes a space, nothing else changes. Any other text comes back as it is, also one
 * with a zone (`…Z`, `…+02:00`): whether that may be dropped is not ours to guess, so the row check will refuse it.
 */
export function normaliseDateTime(text: string): string {
  // 11 is the length of a date and its `T`: most texts are in wire form and must not pay for the expression.
  if (text.charCodeAt(10) === 32) return text
  return text.replace(tForm, '$1 $2')
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}
