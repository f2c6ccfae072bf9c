import { expect, test } from 'vitest'
import { JaasSyntaxError, parseJaas } from './jaas.ts'

function read(value: string): unknown {
  const { module, flag, options } = parseJaas(value)
  return { module, flag, ...Object.fromEntries(options) }
}

test.each<[string, object]>([
  ['a.B required;', { module: 'a.B', flag: 'required' }],
  [
    '  a.B   REQUIRED\n  username="u"\tpassword=\'p\' ;\n',
    { module: 'a.B', flag: 'required', username: 'u', password: 'p' },
  ],
  [
    'a.B optional k = word k2="two words;=";',
    { module: 'a.B', flag: 'optional', k: 'word', k2: 'two words;=' },
  ],
  ['a.B required p="a\\"b\\\\c\\101\\n";', { module: 'a.B', flag: 'required', p: 'a"b\\cA\n' }],
  ['a.B required /* note */ k="//v" // rest\n;', { module: 'a.B', flag: 'required', k: '//v' }],
  ['a.B required k="1" k="2";', { module: 'a.B', flag: 'required', k: '2' }],
])('%j is read', (value, expected) => {
  expect(read(value)).toEqual(expected)
})

test.each([
  ['', 'is empty: write `Module required key="value";`'],
  ['  // nothing\n', 'is empty: write `Module required key="value";`'],
  ['= required;', "does not begin with a login module's class name"],
  ['a.B', 'needs one of required, requisite, sufficient, optional after the login module'],
  ['a.B username="u";', 'needs one of required, requisite, sufficient, optional after the login module'],
  ['a.B required username="u"', 'has no `;` at its end'],
  ['a.B required username;', 'has no readable value for the option username: write key="value"'],
  ['a.B required username=;', 'has no readable value for the option username: write key="value"'],
  [
    'a.B required password=1234;',
    'has no readable value for the option password: put the value in double quotes, since it begins like a number',
  ],
  ['a.B required k="v";;', 'has more than one entry: write one login module, and one `;` at its end'],
  ['a.B required; c.D required;', 'has more than one entry: write one login module, and one `;` at its end'],
])('%j is refused with the remedy', (value, message) => {
  expect(() => parseJaas(value)).toThrow(new JaasSyntaxError(message))
})

test.each([
  'a.B required password="canary"canary;',
  'a.B required password="can"canary"ary";',
  'a.B required password=\'canary"canary;',
  'a.B canary password="canary";',
])('the refusal of %j shows nothing of the password', (value) => {
  expect(() => parseJaas(value)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('canary') }),
  )
})
