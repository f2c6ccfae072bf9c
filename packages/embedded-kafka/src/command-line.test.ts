import { expect, test } from 'vitest'
import { commandLine } from './command-line.ts'

test('the flags become the options of the broker', () => {
  const args = [
    '--port',
    '9092',
    '--topic',
    'a.pin:3',
    '--topic',
    'b',
    '--brokers',
    '2',
    '--max-bytes',
    '64MiB',
  ]
  expect(commandLine(args)).toEqual({
    kind: 'run',
    options: {
      port: 9_092,
      host: '127.0.0.1',
      topics: [
        { topic: 'a.pin', partitions: 3 },
        { topic: 'b', partitions: 1 },
      ],
      brokers: 2,
      maxBytes: 64 * 1_024 * 1_024,
      onFull: 'drop-oldest',
      autoCreateTopics: false,
    },
    security: { caFile: undefined, users: undefined, iamFile: undefined, stsPort: 0, maxSessionMs: 0 },
  })
})

test('logins and TLS are told apart from the broker’s options', () => {
  const users = ['--user', 'alice:se:cret', '--user', 'bob:']
  const iam = ['--msk-iam', 'iam.json', '--sts-port', '4566', '--session-ms', '15000']
  expect(commandLine(['--tls', 'ca.pem', ...users, ...iam])).toMatchObject({
    security: {
      caFile: 'ca.pem',
      users: { alice: 'se:cret', bob: '' },
      iamFile: 'iam.json',
      stsPort: 4_566,
      maxSessionMs: 15_000,
    },
  })
})

test('help is asked for', () => {
  expect(commandLine(['--help'])).toEqual({ kind: 'help' })
})

test.for([
  [['--port', 'x'], '--port is a whole number from 0 to 65535, not x'],
  [['--topic', 'a:0'], 'the number of partitions in --topic is a whole number from 1 to 10000, not 0'],
  [['--max-bytes', '1 GB'], '--max-bytes is a size such as 64MiB, not 1 GB'],
  [['--on-full', 'explode'], '--on-full is drop-oldest or refuse, not explode'],
  [['--user', 'alice'], '--user is NAME:PASSWORD'],
  [['--tcp'], "Unknown option '--tcp'"],
] as const)('%s is a problem', ([args, message]) => {
  expect(commandLine([...args])).toMatchObject({ kind: 'problem', message: expect.stringContaining(message) })
})
