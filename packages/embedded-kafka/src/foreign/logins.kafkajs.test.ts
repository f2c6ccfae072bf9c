/** kafkajs logs in over TLS: by passwords, and to MSK with the project's own logins and a role that the STS gives. */

import { mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { Kafka, type KafkaConfig, Partitioners, logLevel } from 'kafkajs'
import { afterEach, expect, test, vi } from 'vitest'
import { type Logins } from '../broker-sockets.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { plain } from '../login/plain.ts'
import { scram } from '../login/scram.ts'
import { mskIam } from '../msk-iam.ts'
import { testCertificates } from '../test-certificates.ts'
import { admin, alice, clusterArn, region } from '../testing/iam-account.ts'

const tls = await testCertificates()
const topics = [{ topic: 'a.pin' }]
const users = { alice: 'secret' }
const credentials = () => Promise.resolve(alice)

function clientOf(kafka: EmbeddedKafka, sasl: KafkaConfig['sasl']): Kafka {
  return new Kafka({
    brokers: kafka.bootstrapServers.split(','),
    ssl: { ca: tls.ca },
    retry: { retries: 2 },
    reauthenticationThreshold: 800,
    logLevel: logLevel.NOTHING,
    ...(sasl !== undefined && { sasl }),
  })
}

/** Sends until `isEnough`, one record after the other; all have to be there. */
async function sendUntil(client: Kafka, kafka: EmbeddedKafka, isEnough: () => boolean): Promise<void> {
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  let sent = 0n
  do {
    await producer.send({ topic: 'a.pin', messages: [{ value: 'v', partition: 0 }] })
    sent += 1n
  } while (!isEnough())
  await producer.disconnect()
  expect(kafka.partition('a.pin', 0)?.highWatermark).toBe(sent)
}

afterEach(() => void vi.unstubAllEnvs())

const passwords: Logins = {
  mechanisms: [plain(users), scram('SCRAM-SHA-256', users), scram('SCRAM-SHA-512', users)],
}

test.for(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('by %s', async (mechanism) => {
  await using kafka = await startEmbeddedKafka({ topics, tls, logins: passwords })
  // kafkajs's types know no login whose mechanism is decided later.
  const as = (password: string) => ({ mechanism, username: 'alice', password }) as KafkaConfig['sasl'] & {}
  const client = clientOf(kafka, as('secret'))
  await sendUntil(client, kafka, () => true)
  const stranger = clientOf(kafka, as('wrong'))
  await expect(stranger.admin().connect()).rejects.toThrow(/SASL|invalid|authentication/i)
})

test('by both mechanisms of MSK, again and again for each connection, with one AssumeRole each', async () => {
  const iam = mskIam({ clusterArn, users: [alice], roles: [admin], maxSessionMs: 2_000 })
  await using sts = await iam.startSts()
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url)
  const run = async (mechanism: 'OAUTHBEARER' | 'AWS_MSK_IAM'): Promise<void> => {
    const sasl = mskSasl({ mechanism, region, clientId: 'test', roleArn: admin.arn, credentials })
    await using kafka = await startEmbeddedKafka({ topics, tls, logins: iam })
    const filter = { times: 100, isRepeatedLogin: true }
    const repeated = kafka.faults.on('SaslAuthenticate', { kind: 'delay', ms: 1 }, filter)
    await sendUntil(clientOf(kafka, sasl), kafka, () => repeated.count >= 2)
    expect([kafka.denials, kafka.internalErrors]).toEqual([[], []])
  }
  await Promise.all([run('OAUTHBEARER'), run('AWS_MSK_IAM')])
  const assumed = { action: 'AssumeRole', status: 200 }
  expect(sts.calls).toMatchObject([assumed, assumed])
  expect(iam.refusals).toEqual([])
})
