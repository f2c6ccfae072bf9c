import { KafkaError } from '@pinpipe/kafka/errors'
import { describe, expect, test } from 'vitest'
import { resolveTopics } from './topics.ts'

function clusterWith(topics: readonly string[]) {
  return {
    listTopics: () => Promise.resolve(topics),
    describeTopics: (asked: readonly string[]) => {
      const missing = asked.find((topic) => !topics.includes(topic))
      return missing === undefined
        ? Promise.resolve([])
        : Promise.reject(new KafkaError('UNKNOWN_TOPIC', `unknown topic ${missing}`))
    },
  }
}
const cluster = clusterWith(['b.geo', 'b.pin', 'b.user', 'other', '__consumer_offsets', 'xother'])

describe('the topics of a run', () => {
  test('a list is taken as it is', async () => {
    expect(await resolveTopics({ kind: 'list', topics: ['other', 'b.pin'] }, cluster)).toEqual([
      'b.pin',
      'other',
    ])
  })

  test('a prefix means the topics of the three tables', async () => {
    expect(await resolveTopics({ kind: 'prefix', prefix: 'b' }, cluster)).toEqual([
      'b.geo',
      'b.pin',
      'b.user',
    ])
  })

  test('a pattern has to fit the whole name, and never means an internal topic', async () => {
    expect(await resolveTopics({ kind: 'regex', pattern: /other|b\..*/u }, cluster)).toEqual([
      'b.geo',
      'b.pin',
      'b.user',
      'other',
    ])
    expect(await resolveTopics({ kind: 'regex', pattern: /.*/u }, cluster)).not.toContain(
      '__consumer_offsets',
    )
    await expect(resolveTopics({ kind: 'regex', pattern: /othe/u }, cluster)).rejects.toThrow(
      /^No topic fits --topics-regex othe/,
    )
  })

  test('topics that do not exist are named, with the command that creates them', async () => {
    await expect(resolveTopics({ kind: 'list', topics: ['other', 'nope'] }, cluster)).rejects.toThrow(
      'The topic nope does not exist; the consumer creates none: create with `topics create --topic nope`, or correct the name.',
    )
    await expect(resolveTopics({ kind: 'prefix', prefix: 'c' }, cluster)).rejects.toThrow(
      'The topics c.pin, c.geo, c.user do not exist; the consumer creates none: create with `topics apply --topic-prefix c`',
    )
  })

  test('any other error of the cluster is passed on', async () => {
    const broken = {
      ...cluster,
      describeTopics: () => Promise.reject(new KafkaError('UNREACHABLE', 'no broker')),
    }
    await expect(resolveTopics({ kind: 'list', topics: ['other'] }, broken)).rejects.toThrow('no broker')
  })
})
