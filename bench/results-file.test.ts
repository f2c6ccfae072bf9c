import { expect, test } from 'vitest'
import { notesOf, withBrokers } from './results-file.ts'

const mark = '<!-- notes: written by hand, kept by every run -->'

test('what people wrote below the mark is kept to the byte', () => {
  const notes = `${mark}\n\n## Notes\n\nGC was 40 %.\n`
  expect(notesOf(`# Results\nold figures\n${notes}`)).toBe(notes)
})

test('a file without the mark gets an empty section for notes', () => {
  expect(notesOf('')).toBe(`${mark}\n\n## Notes\n`)
})

test('the part about the brokers is replaced, and what is above and below it is kept', () => {
  const first = withBrokers(`# Results\napps\n\n${mark}\n\n## Notes\n`, 'first')
  const second = withBrokers(first, 'second')
  expect(second).toBe(
    `# Results\napps\n\n<!-- brokers: written by \`pnpm bench --brokers\` -->\n\nsecond\n${mark}\n\n## Notes\n`,
  )
})
