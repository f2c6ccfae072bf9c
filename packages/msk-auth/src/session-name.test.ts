import { expect, test } from 'vitest'
import { checkedSessionName, defaultSessionName } from './session-name.ts'

test.each([
  ['pinpipe', 'producer', 'pinpipe-producer'],
  ['pinpipe', 'pinpipe-producer', 'pinpipe-producer'],
  ['pinpipe', 'a b/c:d', 'pinpipe-a-b-c-d'],
  ['pinpipe', 'ü😀', 'pinpipe----'],
  ['pinpipe', 'x'.repeat(100), `pinpipe-${'x'.repeat(56)}`],
])('the default of app %s and client id %s is %s, and STS accepts it', (app, clientId, expected) => {
  expect(defaultSessionName(app, clientId)).toBe(expected)
  expect(checkedSessionName(expected)).toBe(expected)
})

test('the default does not change from one call to the next', () => {
  expect(defaultSessionName('pinpipe', 'consumer')).toBe(defaultSessionName('pinpipe', 'consumer'))
})

test.each(['', 'a', 'x'.repeat(65), 'a b', 'a/b', 'ä-ä', 'a\nb', 'ab\n'])(
  '%j is refused with what STS accepts',
  (name) => {
    expect(() => checkedSessionName(name)).toThrow(/2 to 64 letters/)
  },
)

test.each(['ab', 'x'.repeat(64), 'a_b+c=d,e.f@g-h'])('%j is accepted', (name) => {
  expect(checkedSessionName(name)).toBe(name)
})
