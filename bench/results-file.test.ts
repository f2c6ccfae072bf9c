import { expect, test } from 'vitest'
import { notesOf, withPart } from './results-file.ts'

const mark = '<!-- notes: written by hand, kept by every run -->'

test('what people wrote below the mark is kept to the byte', () => {
  const notes = `${mark}\n\n## Notes\n\nGC was 40 %.\n`
  expect(notesOf(`# Results\nold figures\n${notes}`)).toBe(notes)
})

test('a file without the mark gets an empty section for notes', () => {
  expect(notesOf('')).toBe(`${mark}\n\n## Notes\n`)
})

test('one part is replaced, and what is above and below it is kept', () => {
  const apps = `# Results\napps\n\n${mark}\n\n## Notes\n`
  const brokers = withPart(withPart(apps, 'brokers', 'first'), 'brokers', 'second')
  const both = withPart(withPart(brokers, 'sinks', 'old sinks'), 'sinks', 'sinks')
  expect(both).toBe(
    `# Results\napps\n\n<!-- sinks: written by \`pnpm bench --sinks\` -->\n\nsinks\n` +
      `<!-- brokers: written by \`pnpm bench --brokers\` -->\n\nsecond\n${mark}\n\n## Notes\n`,
  )
})
