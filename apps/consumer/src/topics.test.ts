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
const brokers = ['b:9092']
const cluster = clusterWith(['b.geo', 'b.pin', 'b.user', 'other', '__consumer_offsets', 'xother'])

describe('the topics of a run', () => {
  test('a list is taken as it is', async () => {
    expect(await resolveTopics({ kind: 'list', topics: ['other', 'b.pin'] }, cluster, brokers)).toEqual([
      'b.pin',
      'other',
    ])
  })

  test('a prefix means the topics of the three tables', async () => {
    expect(await resolveTopics({ kind: 'prefix', prefix: 'b' }, cluster, brokers)).toEqual([
      'b.geo',
      'b.pin',
      'b.user',
    ])
  })

  test('a pattern has to fit the whole name, and never means an internal topic', async () => {
    expect(await resolveTopics({ kind: 'regex', pattern: /other|b\..*/u }, cluster, brokers)).toEqual([
      'b.geo',
      'b.pin',
      'b.user',
      'other',
    ])
    expect(await resolveTopics({ kind: 'regex', pattern: /.*/u }, cluster, brokers)).not.toContain(
      '__consumer_offsets',
    )
    await expect(resolveTopics({ kind: 'regex', pattern: /othe/u }, cluster, brokers)).rejects.toThrow(
      /^no topic fits --topics-regex othe \(the whole name has to\): look at the names with topic-admin: topics list --brokers b:9092$/,
    )
  })

  test('topics that do not exist are named, with the command that creates them', async () => {
    await expect(
      resolveTopics({ kind: 'list', topics: ['other', 'nope'] }, cluster, brokers),
    ).rejects.toThrow(
      /^the topic nope does not exist on b:9092: .*topic-admin: topics create --brokers b:9092 nope$/,
    )
    await expect(resolveTopics({ kind: 'prefix', prefix: 'c' }, cluster, brokers)).rejects.toThrow(
      /^the topics c\.pin, c\.geo, c\.user do not exist on b:9092: .*topic-admin: topics apply --brokers b:9092 --topic-prefix c$/,
    )
  })

  test('any other error of the cluster is passed on', async () => {
    const broken = {
      ...cluster,
      describeTopics: () => Promise.reject(new KafkaError('UNREACHABLE', 'no broker')),
    }
    await expect(resolveTopics({ kind: 'list', topics: ['other'] }, broken, brokers)).rejects.toThrow(
      'no broker',
    )
  })
})
