import { fetchJars } from '@pinpipe/local-stack/maven-jars'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { join } from 'node:path'
import { expect } from 'vitest'
import { askOracle, randomOf } from './client-properties-test-helpers.ts'
import { parseJaas } from './jaas.ts'

const seed = 20261125
const values = 20_000

const starts = [
  'a.b.Module required ',
  "'a.b.Module' optional ",
  'Module Sufficient ',
  'Module requisite\n',
  'M required\n',
]
const pieces = [
  [
    'key',
    'username',
    'x-y',
    '$a_b',
    'é',
    'Ā',
    '😀',
    '\u0085',
    '\u00a0',
    '12',
    '1.5',
    '-7',
    '-',
    '.',
    'a1',
    '9a',
    '--',
  ],
  [
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\u0000',
    '=',
    '==',
    ';',
    ',',
    '{',
    '/',
    '//',
    '/* c */',
    '/* open',
    '*/',
    '#',
    '\\',
  ],
  [
    '"v"',
    "'v'",
    '""',
    '"a b"',
    '"a\\"b"',
    '"\\n\\t\\a\\v\\z"',
    '"\\101\\7\\477\\08"',
    '"//x"',
    '"',
    "'",
    '"\\',
  ],
  ['k="v" ', "k2='w' ", 'k3=word ', 'k4="a=b;c" ', 'k = "v"', ';', ';', ';'],
].flat()

// Where the broker of the stack runs there is a JDK.
stackTest(
  `reads ${values} generated values exactly as Kafka's own client does`,
  { timeout: 120_000 },
  async ({ kafka }) => {
    expect(kafka.bootstrapServers).not.toBe('')
    const random = randomOf(seed)
    const inputs = Array.from({ length: values }, () => {
      const body = Array.from({ length: random(7) }, () => pieces[random(pieces.length)] ?? '').join('')
      return `${random(20) === 0 ? '' : (starts[random(starts.length)] ?? '')}${body}${random(3) === 0 ? '' : ';'}`
    })
    const answer = await askOracle(
      'JaasOracle',
      inputs.map((input) => Buffer.from(input)),
      ['-cp', join(await fetchJars('4.1'), '*')],
    )
    const expected = inputs.map((): unknown => {
      const options = answer.int()
      if (options < 0) return 'refused'
      const module = answer.text()
      const flag = answer.text().toLowerCase().replace('loginmodulecontrolflag: ', '')
      return [module, flag, ...Array.from({ length: options }, () => [answer.text(), answer.text()])]
    })

    const refused = expected.filter((outcome) => outcome === 'refused').length
    expect(refused).toBeGreaterThan(values / 20)
    expect(values - refused).toBeGreaterThan(values / 20)
    const different = inputs.flatMap((input, index) => {
      const ours = readWithOurs(input)
      const java = expected[index]
      return JSON.stringify(ours) === JSON.stringify(java) ? [] : [{ input, java, ours }]
    })
    expect(different.slice(0, 5)).toEqual([])
  },
)

function readWithOurs(value: string): unknown {
  try {
    const { module, flag, options } = parseJaas(value)
    return [module, flag, ...[...options].toSorted(([a], [b]) => (a < b ? -1 : 1))]
  } catch {
    return 'refused'
  }
}
