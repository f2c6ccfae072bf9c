import { expect, it } from 'vitest'
import { clauseOf } from './clause.ts'

it.each([
  ['Where posts come from', 'where posts come from'],
  ['The consumer group.', 'the consumer group'],
  ['A topic, by name', 'a topic, by name'],
  ['Not-yet things: 3', 'not-yet things: 3'],
  ['AWS settings', 'AWS settings'],
  ['TLS: on', 'TLS: on'],
  ['KAFKA_BROKERS, else none', 'KAFKA_BROKERS, else none'],
  ['MySQL rows', 'MySQL rows'],
  ['S3 or a folder', 'S3 or a folder'],
  ['Kafka records', 'Kafka records'],
  ['--flag and more', '--flag and more'],
  ['already lower', 'already lower'],
  ['and so on...', 'and so on...'],
  ['', ''],
])('%j continues a sentence as %j', (text, clause) => {
  expect(clauseOf(text)).toBe(clause)
})
