import { expect, test } from 'vitest'
import { missingTopicsSentence, topicAdminCommand } from './missing-topics.ts'

const brokers = ['a:9092', 'b:9092']

test.each([
  [
    ['x.pin'],
    {},
    'the topic x.pin does not exist on a:9092,b:9092: correct the name, or create it with topic-admin: topics create --brokers a:9092,b:9092 x.pin',
  ],
  [
    ['x', 'y'],
    {},
    'the topics x, y do not exist on a:9092,b:9092: correct the name, or create them with topic-admin: topics create --brokers a:9092,b:9092 x y',
  ],
  [
    ['x.pin', 'x.geo'],
    { topicPrefix: 'x' },
    'the topics x.pin, x.geo do not exist on a:9092,b:9092: correct the name, or create them with topic-admin: topics apply --brokers a:9092,b:9092 --topic-prefix x',
  ],
])('%j with %j', (topics, place, sentence) => {
  expect(missingTopicsSentence(topics, { brokers, ...place })).toBe(sentence)
})

test('a command of topic-admin ends the sentence, so that it can be copied', () => {
  expect(topicAdminCommand('list', brokers)).toBe('topic-admin: topics list --brokers a:9092,b:9092')
})
