import { expect, test } from 'vitest'
import { isKafkaTopicsSpelling, withKafkaTopicsCommand } from './kafka-topics-spelling.ts'

const words = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '')

test.each([
  ['--list', 'kafka-topics -- --list'],
  ['-list', 'kafka-topics -- -list'],
  [
    '--bootstrap-server b --create --topic list',
    'kafka-topics -- --bootstrap-server b --create --topic list',
  ],
  ['--bootstrap-server b', 'kafka-topics -- --bootstrap-server b'],
  [
    '--auth msk-iam --region=eu-west-1 --list --log-level debug',
    'kafka-topics --auth msk-iam --region=eu-west-1 --log-level debug -- --list',
  ],
  ['--no-tls --list', 'kafka-topics --no-tls -- --list'],
  ['--brokers b --list', 'kafka-topics --brokers b -- --list'],
  ['--topic --region --list', 'kafka-topics -- --topic --region --list'],
  ['--list --bogus x', 'kafka-topics -- --list --bogus x'],
  ['kafka-topics --list', 'kafka-topics -- --list'],
  ['kafka-topics --help', 'kafka-topics --help'],
])('%s is the spelling of kafka-topics.sh', (line, expected) => {
  expect(withKafkaTopicsCommand(words(line)).join(' ')).toBe(expected)
})

test.each([
  '',
  'list',
  '--help',
  '--version',
  'create --topic-prefix p',
  '--bootstrap-server b list',
  'describe a --config x',
])('%s is one of our own commands', (line) => {
  expect(isKafkaTopicsSpelling(words(line))).toBe(false)
  expect(withKafkaTopicsCommand(words(line))).toEqual(words(line))
})
