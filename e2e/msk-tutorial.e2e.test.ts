/**
 * MSK's tutorial with our `topics` in the place of kafka-topics.sh: the same command, the same client.properties. Java's own tool does
 * the same in packages/embedded-kafka/src/foreign/java-msk-iam.stack.test.ts.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { roleArn, runner, startMsk } from './msk.ts'
import { runApp } from './run-app.ts'

const names = ['0af8d0adfd13.geo', '0af8d0adfd13.pin', '0af8d0adfd13.user']
const role = 'tutorial'
const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kafka-cluster:*', Resource: '*' }],
}

/** As AWS's tutorial has it. */
const clientProperties = `security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsRoleArn="${roleArn(role)}";
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
`

test('the tutorial’s file and commands create and list the three topics', async () => {
  await using msk = await startMsk({ roles: { [role]: everything } })
  const { KAFKA_BROKERS: brokers = '', KAFKA_TLS_CA: ca = '', KAFKA_AUTH: _, ...aws } = msk.env
  const config = join(msk.folder, 'client.properties')
  await writeFile(config, `${clientProperties}ssl.truststore.type=PEM\nssl.truststore.location=${ca}\n`)
  const env = {
    ...aws,
    AWS_ACCESS_KEY_ID: runner.accessKeyId,
    AWS_SECRET_ACCESS_KEY: runner.secretAccessKey,
  }
  const topics = (...args: string[]) =>
    runApp('topic-admin', ['--bootstrap-server', brokers, '--command-config', config, ...args], { env })

  for (const name of names) {
    // oxlint-disable-next-line no-await-in-loop -- as somebody types them
    const created = await topics('--create', '--topic', name, '--partitions', '3')
    expect(created).toMatchObject({ exit: 0, stdout: expect.stringContaining(`Created topic ${name}.`) })
  }
  const listed = await topics('--list')
  expect(listed).toMatchObject({ exit: 0, stdout: `${names.join('\n')}\n` })
  expect(msk.kafka.partition('0af8d0adfd13.user', 2)).toMatchObject({ highWatermark: 0n })
  expect(msk.sts.calls.filter(({ action }) => action === 'AssumeRole')).toHaveLength(4)
  expect([msk.iam.refusals, msk.kafka.denials]).toEqual([[], []])
})
