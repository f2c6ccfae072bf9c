import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { askOracle, randomOf } from './client-properties-test-helpers.ts'
import { parsePropertiesText } from './client-properties-text.ts'

const seed = 20261124
const files = 20_000

// Everything that means something to the parser, and things that only look so.
const pieces = [
  [
    'key',
    'a',
    'sasl.mechanism',
    '__proto__',
    'é',
    'ÿ',
    '\u0000',
    '\u0085',
    '\u00a0',
    '"',
    ';',
    '.',
    'u',
    '😀',
  ],
  ['=', ':', ' ', '\t', '\f', '#', '!', '\n', '\r\n', '\r', '\n\n'],
  ['\\', '\\\\', '\\\n', '\\\r\n', '\\\r', '\\\n  ', '\\\n#'],
  ['\\u0041', '\\u00e9', '\\uD83D\\uDE00', '\\uD83D', '\\u', '\\u00', '\\u00g1', '\\U0041'],
  ['\\n', '\\t', '\\r', '\\f', '\\=', '\\:', '\\ ', '\\#', '\\!', '\\z', '\\"'],
].flat()

// Where the broker of the stack runs there is a JDK.
stackTest(
  `reads ${files} generated files exactly as java.util.Properties does`,
  { timeout: 120_000 },
  async ({ kafka }) => {
    expect(kafka.bootstrapServers).not.toBe('')
    const random = randomOf(seed)
    const contents = Array.from({ length: files }, () => {
      const text = Array.from({ length: random(16) }, () => pieces[random(pieces.length)] ?? '').join('')
      return Buffer.from(text, random(2) === 0 ? 'latin1' : 'utf8')
    })
    const answer = await askOracle('PropertiesOracle', contents)
    const expected = contents.map((): Outcome => {
      const pairs = answer.int()
      return pairs < 0 ? 'refused' : Array.from({ length: pairs }, () => [answer.text(), answer.text()])
    })

    // The generator must reach both outcomes, or the comparison says little.
    const refused = expected.filter((outcome) => outcome === 'refused').length
    expect(refused).toBeGreaterThan(files / 20)
    expect(files - refused).toBeGreaterThan(files / 2)
    const different = contents.flatMap((content, index) => {
      const ours = readWithOurs(content)
      const java = expected[index]
      return JSON.stringify(ours) === JSON.stringify(java)
        ? []
        : [{ file: content.toString('latin1'), java, ours }]
    })
    expect(different.slice(0, 5)).toEqual([])
  },
)

type Outcome = 'refused' | string[][]

function readWithOurs(content: Uint8Array): Outcome {
  try {
    return [...parsePropertiesText(content)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  } catch {
    return 'refused'
  }
}
