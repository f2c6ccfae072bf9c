import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer } from './testing/run-consumer.ts'
import { makeTopic } from './testing/stack.ts'

stackTest(
  'a wrong password: exit 4, and a sentence that says what to do',
  async ({ securedKafka: kafka }) => {
    await using lake = await temporaryFolder()
    const { topic } = await makeTopic(kafka.bootstrapServers)
    const login = ['--brokers', kafka.listeners.saslTls, '--auth', 'plain', '--tls-ca', kafka.tlsCa]
    const work = ['--topics', topic, '--group', 'g', '--lake', `dir:${lake.path}`, '--until-end']
    const secrets = { KAFKA_USERNAME: 'nobody', KAFKA_PASSWORD: 'canary-password' }
    const ended = await runConsumer([...login, ...work], secrets)
    expect([ended.code, ended.stdout]).toEqual([4, ''])
    expect(ended.stderr).toMatch(/could not .*(login|logged in|user|password|credentials)/i)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect(ended.stderr).not.toContain('canary')
  },
)
