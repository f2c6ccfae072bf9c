/** The spelling of kafka-topics.sh where no Java tool is needed to say what is right: logging in, and how failures look. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KafkaError } from '@pinpipe/kafka/errors'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './temporary-folder-test-helpers.ts'
import { FakeCluster, runOn } from './topics-test-helpers.ts'

const mskProperties = String.raw`# as the AWS documentation has it
security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsRoleArn="arn:aws:iam::123456789012:role/0af8d0adfd13-ec2-access-role";
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
`
const msk = 'b-1.pin.abc123.c2.kafka.us-east-1.amazonaws.com:9098'

describe('the tutorial', () => {
  test("a client.properties with MSK's IAM lines logs in with tokens over TLS, and the three topics are created", async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'client.properties')
    await writeFile(file, mskProperties)
    const cluster = new FakeCluster()
    const connect = ['--bootstrap-server', msk, '--command-config', file]
    for (const suffix of ['pin', 'geo', 'user']) {
      const ran = await runOn(cluster, [...connect, '--create', '--topic', `0af8d0adfd13.${suffix}`])
      expect(ran).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`Created topic 0af8d0adfd13.${suffix}.`) as unknown,
      })
    }
    expect(cluster.connection).toMatchObject({ brokers: [msk], sasl: { mechanism: 'aws-msk-iam' } })
    expect(cluster.connection?.tls).not.toBe(false)
    expect([...cluster.topics.keys()]).toEqual(['0af8d0adfd13.pin', '0af8d0adfd13.geo', '0af8d0adfd13.user'])
    const listed = await runOn(cluster, [...connect, '--list'])
    expect(listed.stdout).toBe('0af8d0adfd13.geo\n0af8d0adfd13.pin\n0af8d0adfd13.user\n')
    expect(cluster.open).toBe(0)
  })

  test("pinpipe's own way to log in works with these flags too", async () => {
    const cluster = new FakeCluster({ a: {} })
    const ran = await runOn(cluster, ['--brokers', msk, '--auth', 'msk-iam', '--list'])
    expect(ran).toMatchObject({ code: 0, stdout: 'a\n' })
    expect(cluster.connection).toMatchObject({ brokers: [msk], sasl: { mechanism: 'msk-iam' } })
  })
})

describe('every failure ends with 1', () => {
  test.each([
    {
      name: 'no brokers',
      argv: ['--list'],
      env: { KAFKA_BROKERS: undefined },
      stdout: '',
      stderr: '--bootstrap-server must be specified',
    },
    {
      name: 'a missing client.properties',
      argv: ['--list', '--command-config', 'does-not-exist'],
      stdout: '',
      stderr: 'does-not-exist',
    },
    {
      name: 'an unknown variable',
      argv: ['--list'],
      env: { PINPIPE_FAST: '1' },
      stdout: '',
      stderr: 'PINPIPE_FAST',
    },
    { name: 'a bad own flag', argv: ['--auth', 'magic', '--list'], stdout: '', stderr: 'msk-iam' },
    {
      name: 'a bad topic id',
      argv: ['--describe', '--topic-id', 'x'],
      stdout: 'Error while executing topic command : Input string',
      stderr: '',
    },
    {
      name: 'no such option',
      argv: ['--list', '--fast'],
      stdout: '',
      stderr: 'fast is not a recognized option',
    },
  ])('$name', async ({ argv, env, stdout, stderr }) => {
    const variables = { KAFKA_BROKERS: 'memory:9092', ...env } as Record<string, string>
    const ran = await runOn(new FakeCluster(), argv, variables)
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(stderr) as unknown })
    expect(ran.stdout.startsWith(stdout) && (stdout !== '' || ran.stdout === '')).toBe(true)
  })

  test('a cluster that cannot be reached: the sentence in both places, no stack', async () => {
    const cluster = new FakeCluster()
    cluster.failures.set(
      'open',
      new KafkaError('UNREACHABLE', 'could not connect to Kafka: b is down; start it'),
    )
    expect(await runOn(cluster, ['--list'])).toEqual({
      code: 1,
      stdout: 'Error while executing topic command : could not connect to Kafka: b is down; start it\n',
      stderr: 'topics: could not connect to Kafka: b is down; start it\n',
    })
  })

  test('a refused login in the middle is not taken for a refusal of the topic', async () => {
    const cluster = new FakeCluster()
    cluster.failures.set(
      'a',
      new KafkaError('AUTHORIZATION_FAILED', 'could not create topic a: not allowed; allow it'),
    )
    const ran = await runOn(cluster, ['--create', '--topic', 'a', '--if-not-exists'])
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not allowed; allow it') as unknown,
    })
  })

  test('one of several topics that cannot grow does not keep the others back', async () => {
    const cluster = new FakeCluster({ a: { partitions: 5 }, b: { partitions: 1 } })
    const ran = await runOn(cluster, ['--alter', '--topic', 'a|b', '--partitions', '4'])
    expect(ran).toMatchObject({
      code: 1,
      stdout:
        'Error while executing topic command : The topic a currently has 5 partition(s); 4 would not be an increase.\n',
    })
    expect(cluster.changes).toEqual(['grow b to 4'])
  })
})
