// Starts brokers of its own, beside those of the run: how they begin and end, and what their listeners take.
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest`
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect as connectTls } from 'node:tls'
import { describe, expect } from 'vitest'
import { runJavaTool } from './java-tools.ts'
import { startKafka } from './kafka.ts'
import { oauthChallenge, saslFiles } from './sasl-test-helpers.ts'
import { needs, stopsWithoutTrace } from './servers-test-helpers.ts'
import { stackTest, unique } from './stack-test.ts'

describe('Kafka', () => {
  stackTest('starts with its topics, survives a crash, and stops without a trace', async ({ skip }) => {
    needs('kafka', skip)
    const kafka = await startKafka({ topics: [{ topic: 'own.pin', partitions: 3 }] })
    const describeTopic = async (): Promise<string> =>
      (
        await runJavaTool('kafka-topics', [
          '--bootstrap-server',
          kafka.bootstrapServers,
          '--describe',
          '--topic',
          'own.pin',
        ])
      ).stdout
    expect(await describeTopic()).toContain('PartitionCount: 3')
    await kafka.kill()
    await kafka.restart()
    expect(await describeTopic()).toContain('PartitionCount: 3')
    await stopsWithoutTrace(kafka)
  })

  stackTest('runs as a cluster whose brokers share the replicas', async ({ skip }) => {
    needs('kafka', skip)
    await using kafka = await startKafka({ nodes: 2 })
    expect(kafka.nodes).toHaveLength(2)
    const to = ['--bootstrap-server', kafka.bootstrapServers]
    const topic = ['--topic', 'two.pin', '--partitions', '1', '--replication-factor', '2']
    expect(await runJavaTool('kafka-topics', [...to, '--create', ...topic])).toMatchObject({ code: 0 })
    const described = await runJavaTool('kafka-topics', [...to, '--describe', '--topic', 'two.pin'])
    expect(described.stdout).toMatch(/Replicas: (1,2|2,1)\s+Isr: (1,2|2,1)/)
  })

  stackTest('does not create a topic by use', async ({ kafka }) => {
    const topic = unique('unasked')
    const to = ['--bootstrap-server', kafka.bootstrapServers, '--topic', topic]
    await runJavaTool('kafka-console-producer', [...to, '--producer-property', 'max.block.ms=2000'], {
      input: 'row\n',
    })
    const listed = await runJavaTool('kafka-topics', ['--bootstrap-server', kafka.bootstrapServers, '--list'])
    expect(listed).toMatchObject({ code: 0 })
    expect(listed.stdout).not.toContain(topic)
  })

  stackTest(
    'carries records from the 2.8.1 producer to the 4.1 consumer, and shows the group',
    async ({ kafka }) => {
      const topic = unique('pin')
      const to = ['--bootstrap-server', kafka.bootstrapServers]
      await runJavaTool('kafka-topics', [...to, '--create', '--topic', topic])
      await runJavaTool('kafka-console-producer', [...to, '--topic', topic], {
        version: '2.8.1',
        input: 'eins\nzwei 🙂\n',
      })
      const group = unique('group')
      const read = ['--topic', topic, '--from-beginning', '--max-messages', '2', '--group', group]
      expect((await runJavaTool('kafka-console-consumer', [...to, ...read])).stdout).toBe('eins\nzwei 🙂\n')
      const groups = await runJavaTool('kafka-consumer-groups', [...to, '--list'], { version: '2.8.1' })
      expect(groups.stdout.split('\n')).toContain(group)
    },
  )

  stackTest.for([
    ['PLAIN', 'saslPlain'],
    ['SCRAM-SHA-256', 'saslPlain'],
    ['SCRAM-SHA-512', 'saslTls'],
    ['PLAIN', 'saslTls'],
  ] as const)(
    'takes a %s login on the %s listener',
    async ([mechanism, listener], { securedKafka: kafka }) => {
      await using files = await saslFiles({
        kafka,
        mechanism,
        isTls: listener === 'saslTls',
        user: kafka.user,
      })
      const list = [
        '--bootstrap-server',
        kafka.listeners[listener],
        '--command-config',
        files.clientProperties,
        '--list',
      ]
      expect(await runJavaTool('kafka-topics', list)).toMatchObject({ code: 0, stderr: '' })
    },
  )

  stackTest('refuses a wrong password', async ({ securedKafka: kafka }) => {
    const user = { ...kafka.user, password: 'wrong' }
    await using files = await saslFiles({ kafka, mechanism: 'SCRAM-SHA-512', isTls: false, user })
    const to = ['--bootstrap-server', kafka.listeners.saslPlain, '--command-config', files.clientProperties]
    const outcome = await runJavaTool('kafka-topics', [...to, '--list'])
    expect(outcome.code).not.toBe(0)
    expect(outcome.stdout + outcome.stderr).toContain('SaslAuthenticationException')
  })

  stackTest('lets the restricted user in and refuses what it asks for', async ({ securedKafka: kafka }) => {
    await using files = await saslFiles({
      kafka,
      mechanism: 'PLAIN',
      isTls: false,
      user: kafka.restrictedUser,
    })
    const to = ['--bootstrap-server', kafka.listeners.saslPlain, '--command-config', files.clientProperties]
    const outcome = await runJavaTool('kafka-topics', [...to, '--create', '--topic', unique('forbidden')])
    expect(outcome.code).not.toBe(0)
    expect(outcome.stdout + outcome.stderr).toContain('TopicAuthorizationException')
  })

  stackTest(
    'answers a token that is no JWT with the challenge of RFC 7628',
    async ({ securedKafka: kafka }) => {
      const challenge: unknown = JSON.parse(await oauthChallenge(kafka.listeners.saslPlain, 'not-a-jwt'))
      expect(challenge).toEqual({ status: 'invalid_token' })
    },
  )

  stackTest('shows a certificate that its authority vouches for', async ({ securedKafka: kafka }) => {
    const port = Number(kafka.listeners.tls.split(':')[1])
    const ca = await readFile(kafka.tlsCa)
    const trusted = connectTls({ host: '127.0.0.1', port, ca })
    await once(trusted, 'secureConnect')
    expect(trusted.authorized).toBe(true)
    trusted.destroy()
    const strange = connectTls({ host: '127.0.0.1', port })
    const [error] = await once(strange, 'error')
    expect(String(error)).toMatch(/unable to verify|self-signed/)
  })
})
