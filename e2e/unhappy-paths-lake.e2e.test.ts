/**
 * Lakes that cannot be written, or not safely. The group's offsets must not move: nothing was stored.
 * Long because every way in which a lake refuses is a case here.
 */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { openProducer } from '@pinpipe/kafka/producer'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { brokenS3, closedAddress, failingS3 } from './broken-servers.ts'
import { createTopics } from './kafka.ts'
import { expectUnhappy, temporaryFolder, type Unhappy } from './unhappy-paths.ts'

type Said = Pick<Unhappy, 'exit' | 'cause' | 'remedy' | 'secrets'>

/** Consumes one real record into the lake, which must fail, and checks that the group committed nothing. */
async function expectUnstored(
  brokers: string,
  lake: string,
  said: Said & { readonly env?: Readonly<Record<string, string>> },
): Promise<void> {
  const topic = unique('unstored')
  await createTopics(brokers, [topic], 1)
  {
    await using producer = await openProducer({ clientId: 'e2e', brokers: brokers.split(','), tls: false })
    await producer.send({ topic, partition: 0, records: [{ key: '1', value: '{}' }] })
  }
  const group = unique('group')
  await expectUnhappy({
    app: 'consumer',
    args: [
      '--brokers',
      brokers,
      '--topics',
      topic,
      '--group',
      group,
      '--lake',
      lake,
      '--until-end',
      '--validate',
      'json',
    ],
    ...said,
    unchanged: async () => {
      await using admin = await openReadOnlyAdmin({
        clientId: 'e2e',
        brokers: brokers.split(','),
        tls: false,
      })
      return await admin.committedOffsets(group, topic)
    },
  })
}

const aws = (endpoint: string, env: Readonly<Record<string, string>> = {}) => ({
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: 'AKIDCANARY',
  AWS_SECRET_ACCESS_KEY: unique('canary'),
  ...env,
})

describe('a lake in a folder', () => {
  stackTest.concurrent.for([
    ['that is a file', 'file', 'is not a folder, or a part of its path is a file:', 'choose another path'],
    ['below a file', 'file/lake', 'is not a folder, or a part of its path is a file:', 'choose another path'],
  ] as const)('%s', async ([, name, cause, remedy], { kafka }) => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'file'), 'kept')
    const path = join(folder.path, name)
    await expectUnstored(kafka.bootstrapServers, `dir:${path}`, {
      exit: 1,
      cause: `the lake ${path} ${cause}`,
      remedy,
    })
    expect(await readdir(folder.path)).toEqual(['file'])
  })

  // Permissions do not stop root, who may run these tests: file systems of the kernel do.
  stackTest.concurrent.for([
    [
      'where the file system takes no folder',
      '/proc/pinpipe/lake',
      'cannot be made, or was taken away:',
      'choose another path',
    ],
    [
      'that is read-only',
      '/sys/pinpipe',
      'cannot be written:',
      'give the user of this process the right to write there',
    ],
  ] as const)('%s', async ([, path, cause, remedy], { kafka, skip }) => {
    if (process.platform !== 'linux') skip('only Linux has these file systems')
    await expectUnstored(kafka.bootstrapServers, `dir:${path}`, {
      exit: 1,
      cause: `the lake ${path} ${cause}`,
      remedy,
    })
  })
})

describe('a lake in S3', () => {
  stackTest.concurrent('whose bucket is missing', async ({ kafka, s3 }) => {
    const bucket = unique('missing')
    await expectUnstored(kafka.bootstrapServers, `s3://${bucket}/x`, {
      env: s3.env,
      exit: 1,
      cause: `the bucket of s3://${bucket} at ${s3.endpoint} does not exist:`,
      remedy: 'create it, or correct --lake',
    })
  })

  const unknownLogin = 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the region'

  stackTest.concurrent('with a wrong secret key', async ({ kafka, s3 }) => {
    const bucket = unique('locked')
    await s3.createBucket(bucket)
    await expectUnstored(kafka.bootstrapServers, `s3://${bucket}`, {
      env: { ...s3.env, AWS_SECRET_ACCESS_KEY: unique('canary') },
      exit: 4,
      cause: `s3://${bucket} at ${s3.endpoint} does not know these AWS credentials (SignatureDoesNotMatch):`,
      remedy: unknownLogin,
    })
    expect(await s3.list(bucket)).toEqual([])
  })

  stackTest.concurrent('with an unknown access key', async ({ kafka, s3 }) => {
    const bucket = unique('locked')
    await s3.createBucket(bucket)
    await expectUnstored(kafka.bootstrapServers, `s3://${bucket}`, {
      env: { ...s3.env, AWS_ACCESS_KEY_ID: 'AKIDNOBODY' },
      exit: 4,
      cause: `s3://${bucket} at ${s3.endpoint} does not know these AWS credentials (`,
      remedy: unknownLogin,
    })
    expect(await s3.list(bucket)).toEqual([])
  })

  stackTest.concurrent('without credentials', async ({ kafka, s3 }) => {
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: s3.endpoint },
      exit: 4,
      cause: `no AWS credentials for s3://lake at ${s3.endpoint} were found:`,
      remedy: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role',
    })
  })

  stackTest.concurrent('without a region', async ({ kafka, s3 }) => {
    const { AWS_REGION: _, ...env } = s3.env
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env,
      exit: 1,
      cause: `no AWS region is set for s3://lake at ${s3.endpoint}:`,
      remedy: 'set AWS_REGION',
    })
  })

  const unreachable = 'check AWS_ENDPOINT_URL_S3, the network and the state of the store'

  stackTest.concurrent('that is not reachable, with a password in its address', async ({ kafka }) => {
    const address = await closedAddress()
    const password = unique('canary')
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: aws(`http://user:${password}@${address}`),
      exit: 5,
      cause: `s3://lake at http://${address} is not reachable (ECONNREFUSED):`,
      remedy: unreachable,
      secrets: [password],
    })
  })

  stackTest.concurrent('that fails for ever', async ({ kafka }) => {
    await using s3 = await failingS3(500, 'InternalError')
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: aws(`http://${s3.address}`),
      exit: 5,
      cause: `s3://lake at http://${s3.address} is not reachable (InternalError, status 500):`,
      remedy: unreachable,
    })
    expect(s3.calls()).toBeGreaterThan(0)
  })

  stackTest.concurrent('that forbids everything', async ({ kafka }) => {
    await using s3 = await failingS3(403, 'AccessDenied')
    await expectUnstored(kafka.bootstrapServers, 's3://lake/posts', {
      env: aws(`http://${s3.address}`),
      exit: 4,
      cause: `s3://lake at http://${s3.address} refused the access (AccessDenied):`,
      remedy: 'the consumer needs s3:PutObject, s3:GetObject and s3:ListBucket below the prefix of --lake',
    })
  })

  stackTest.concurrent('in another region', async ({ kafka }) => {
    await using s3 = await failingS3(301, 'PermanentRedirect')
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: aws(`http://${s3.address}`),
      exit: 1,
      cause: 'the bucket of s3://lake at ',
      remedy: "is in another region than us-east-1: set AWS_REGION to the bucket's region",
    })
  })

  stackTest.concurrent('with an expired session', async ({ kafka }) => {
    await using s3 = await failingS3(400, 'ExpiredToken')
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: aws(`http://${s3.address}`, { AWS_SESSION_TOKEN: unique('canary') }),
      exit: 4,
      cause: `the AWS session for s3://lake at http://${s3.address} has expired and no new one was found:`,
      remedy: 'renew the credentials',
    })
  })

  stackTest.concurrent.for(['ftp:x', 'nonsense', '', 'user:canary-7b1e64@host'])(
    'at an address that is none: %j',
    async (address, { kafka }) => {
      await expectUnstored(kafka.bootstrapServers, 's3://lake', {
        env: aws(address),
        exit: 64,
        cause: 'AWS_ENDPOINT_URL_S3 is not the address of a store:',
        remedy: 'write it like https://s3.example.com or http://127.0.0.1:9000, or leave it out',
        secrets: ['canary-7b1e64'],
      })
    },
  )

  stackTest.concurrent('that answers what nobody knows', async ({ kafka }) => {
    await using s3 = await failingS3(418, 'Teapot')
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: aws(`http://${s3.address}`),
      exit: 1,
      cause: `s3://lake at http://${s3.address} answered Teapot, status 418 (`,
      remedy:
        'check that AWS_ENDPOINT_URL_S3 and --lake name a bucket of a store that speaks S3, or ask who runs it',
    })
  })

  stackTest.concurrent('that ignores If-None-Match', async ({ kafka }) => {
    const writes: (string | undefined)[] = []
    await using s3 = await brokenS3((request, response) => {
      writes.push(`${request.method} ${request.headers['if-none-match']} ${request.url?.split('?', 1)[0]}`)
      response.writeHead(200, { etag: '"0"' }).end()
    })
    const [today = ''] = new Date().toISOString().split('T')
    await expectUnstored(kafka.bootstrapServers, 's3://lake/posts', {
      env: aws(`http://${s3.address}`),
      exit: 3,
      cause: `s3://lake/posts at http://${s3.address} does not create objects exclusively (it created _chain/probe/`,
      remedy: 'so the consumer does not write to it: use a store that honours If-None-Match',
    })
    // The probe and nothing else was written.
    expect(writes).toEqual([
      `GET undefined /lake/posts/_chain/probe/${today}.json`,
      `PUT * /lake/posts/_chain/probe/${today}.json`,
    ])
  })

  stackTest.concurrent('that does not know If-None-Match', async ({ kafka }) => {
    await using s3 = await failingS3(501, 'NotImplemented')
    await expectUnstored(kafka.bootstrapServers, 's3://lake', {
      env: aws(`http://${s3.address}`),
      exit: 3,
      cause: `s3://lake at http://${s3.address} does not offer create-only writes (If-None-Match):`,
      remedy: 'use a store that does',
    })
  })
})
