import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '@pinpipe/local-stack/run-program'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { openS3Store } from './s3-store.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { dataKey } from '../testing/records.ts'
import { runConsumer, summaryIn } from '../testing/run-consumer.ts'
import { expectRule, storeContract } from '../testing/store-contract.ts'
import { makeTopic, numbered } from '../testing/stack.ts'

describe('from Kafka to a real S3 server', () => {
  for (const [compression, extension, tool] of [
    ['none', '.json', ['cat']],
    ['gzip', '.json.gz', ['gunzip', '-c']],
    ['zstd', '.json.zst', ['zstd', '-dc']],
  ] as const) {
    stackTest(
      `--compression ${compression}: a plain GET and ${tool[0]} give the values back`,
      async ({ kafka, s3 }) => {
        const bucket = unique('lake')
        await s3.createBucket(bucket)
        const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 2 })
        await send(0, numbered(2000))
        await send(1, numbered(10, 2000))
        const argv = [
          '--brokers',
          kafka.bootstrapServers,
          '--topics',
          topic,
          '--group',
          unique('g'),
          '--lake',
          `s3://${bucket}/a/b`,
          '--until-end',
          '--compression',
          compression,
        ]
        const ended = await runConsumer(argv, s3.env)
        expect([ended.code, summaryIn(ended)]).toMatchObject([0, { records: 2010, objects: 2 }])
        const keys = [0, 1].map(
          (partition) => `a/b/${dataKey(0, partition === 0 ? 1999 : 9, partition, extension, topic)}`,
        )
        expect(await s3.list(bucket, 'a/b/topics/')).toEqual(keys)
        await using folder = await temporaryFolder()
        const lines: string[] = []
        for (const key of keys) {
          const file = join(folder.path, 'object')
          await writeFile(file, await s3.get(bucket, key))
          lines.push(...(await mustRun(tool[0], [...tool.slice(1), file])).trimEnd().split('\n'))
        }
        expect(lines).toEqual(numbered(2010))
        expect(summaryIn(await runConsumer(argv, s3.env))).toMatchObject({ records: 0, objects: 0 })
      },
    )
  }

  stackTest(
    'an object that is there with other content halts its partition, is named, and stays',
    async ({ kafka, s3 }) => {
      const bucket = unique('lake')
      await s3.createBucket(bucket)
      const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 2 })
      await send(0, numbered(3))
      await send(1, numbered(4))
      const key = dataKey(0, 2, 0, '.json', topic)
      await s3.put(bucket, key, 'mine')
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        unique('g'),
        '--lake',
        `s3://${bucket}`,
        '--until-end',
      ]
      const ended = await runConsumer(argv, s3.env)
      expect([ended.code, ended.stdout]).toEqual([3, ''])
      expect(ended.stderr.trimEnd().split('\n').at(-1)).toMatch(
        /is there already, with other content: topic .*, partition 0 is halted/,
      )
      expect(ended.stderr).toContain(key)
      expect((await s3.get(bucket, key)).toString()).toBe('mine')
      expect(await s3.list(bucket, `topics/${topic}/partition=1`)).toHaveLength(1)
    },
  )

  for (const rule of storeContract) {
    stackTest(`the S3 store ${rule.title}`, async ({ s3 }) => {
      const bucket = unique('lake')
      await s3.createBucket(bucket)
      await using store = openS3Store({
        bucket,
        prefix: 'p',
        env: s3.env,
        credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
      })
      await expectRule(rule, store)
    })
  }

  for (const [what, change, code, sentence] of [
    [
      'a missing bucket',
      { bucket: 'no-such-bucket' },
      1,
      /^consumer: the bucket of s3:\/\/no-such-bucket at http.* does not exist: create it, or correct --lake$/,
    ],
    ['an unknown key', { env: { AWS_ACCESS_KEY_ID: 'nobody' } }, 4, /does not know these AWS credentials/],
    [
      'a wrong secret',
      { env: { AWS_SECRET_ACCESS_KEY: 'canary-secret' } },
      4,
      /does not know these AWS credentials/,
    ],
    [
      'no credentials',
      { env: { AWS_ACCESS_KEY_ID: undefined, AWS_EC2_METADATA_DISABLED: 'true' } },
      4,
      /no AWS credentials for s3:.* were found/,
    ],
    [
      'an endpoint where nobody listens',
      { env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } },
      5,
      /at http:\/\/127\.0\.0\.1:1 is not reachable \(ECONNREFUSED\)/,
    ],
  ] as const) {
    stackTest(`${what}: one sentence with a remedy, exit ${code}`, async ({ kafka, s3 }) => {
      const { topic } = await makeTopic(kafka.bootstrapServers)
      const bucket = 'bucket' in change ? change.bucket : unique('lake')
      if (!('bucket' in change)) await s3.createBucket(bucket)
      const wanted = { ...s3.env, ...('env' in change ? change.env : {}) }
      const env = Object.fromEntries(
        Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined),
      )
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        unique('g'),
        '--lake',
        `s3://${bucket}`,
        '--until-end',
      ]
      const ended = await runConsumer(argv, env)
      expect([ended.code, ended.stdout]).toEqual([code, ''])
      expect(ended.stderr.trimEnd()).toMatch(sentence)
      expect(ended.stderr).not.toContain('canary-secret')
      expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
    })
  }
})
