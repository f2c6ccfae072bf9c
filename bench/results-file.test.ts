import { expect, test } from 'vitest'
import { notesOf } from './results-file.ts'

const mark = '<!-- notes: written by hand, kept by every run -->'

test('what people wrote below the mark is kept to the byte', () => {
  const notes = `${mark}\n\n## Notes\n\nGC was 40 %.\n`
  expect(notesOf(`# Results\nold figures\n${notes}`)).toBe(notes)
})

test('a file without the mark gets an empty section for notes', () => {
  expect(notesOf('')).toBe(`${mark}\n\n## Notes\n`)
})
