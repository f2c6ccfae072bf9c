/**
 * Producer and consumer as they are deployed, on MSK with sessions of 15 s: a login of each is refused in between, keys are rotated, and
 * later on the keys become another user's. Nothing is lost, nothing is there twice.
 *
 * Forty seconds in CI; `MSK_SESSIONS_S=600 pnpm exec vitest run --project e2e e2e/msk-sessions` takes ten.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IamUser } from '@pinpipe/embedded-kafka/msk-iam'
import { expect, test } from 'vitest'
import { type Msk, startMsk, userArn } from './msk.ts'
import { group, policyOf, prefix, topics } from './msk-role-runs.ts'
import { startApp, summaryOf } from './run-app.ts'

const durationS = Number(process.env['MSK_SESSIONS_S'] ?? 40)
const postsPerSecond = 20
const partitions = 2

const policies = [policyOf('producer', {}), policyOf('consumer', {})]

/** Keys of a user, which end by themselves so many seconds from now. */
function keysOf(user: string, accessKeyId: string, livesS: number): IamUser {
  const expiresAtMs = Date.now() + livesS * 1000
  return {
    arn: userArn(user),
    accessKeyId,
    secretAccessKey: `secret-of-${accessKeyId}`,
    expiresAtMs,
    policies,
  }
}

const profileOf = ({ accessKeyId, secretAccessKey }: IamUser): string =>
  `[apps]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`

const denied = {
  kind: 'answer',
  code: 'SASL_AUTHENTICATION_FAILED',
  message: '[3c7e2a90-8f5d-4f0e-9a41-2f6f0f1f7a11]: Access denied',
} as const

test(
  'through refused logins, rotated keys and another principal every record arrives once',
  { timeout: (durationS + 120) * 1000 },
  async () => {
    const [first, second, other] = [
      keysOf('apps', 'AKIAFIRST', durationS * 0.4),
      keysOf('apps', 'AKIASECOND', durationS * 0.7),
      keysOf('other', 'AKIAOTHER', durationS * 10),
    ] as const
    await using msk = await startMsk({
      users: [first, second, other],
      iam: { maxSessionMs: 15_000 },
      kafka: { topics: topics.map((topic) => ({ topic, partitions })) },
    })
    const profile = join(msk.folder, 'credentials')
    await writeFile(profile, profileOf(first))
    const lake = join(msk.folder, 'lake')
    const env = {
      ...msk.env,
      TOPIC_PREFIX: prefix,
      AWS_PROFILE: 'apps',
      AWS_SHARED_CREDENTIALS_FILE: profile,
      AWS_CONFIG_FILE: join(msk.folder, 'config'),
    }
    const posts = durationS * postsPerSecond
    const timeoutMs = (durationS + 90) * 1000
    const load = ['--source', `generate:${posts}`, '--rate', `${postsPerSecond}/s`]
    const sink = ['--lake', `dir:${lake}`, '--group', group, '--max-age', '2s']
    const producer = startApp('producer', load, { env, timeoutMs })
    const consumer = startApp('consumer', sink, { env, timeoutMs })
    const refused = ['producer', 'consumer'].map((app) =>
      msk.kafka.faults.on('SaslAuthenticate', denied, { isRepeatedLogin: true, clientId: `pinpipe-${app}` }),
    )
    // The new keys are there before the old ones end, as a rotation should have it.
    await sleep(durationS * 300)
    await writeFile(profile, profileOf(second))
    await sleep(durationS * 300)
    await writeFile(profile, profileOf(other))

    const sent = await producer.done
    expect(sent).toMatchObject({ exit: 0 })
    expect(summaryOf(sent)).toMatchObject({ posts, acked: posts * topics.length, failed: 0 })
    expect(recordsIn(msk)).toBe(BigInt(posts * topics.length))
    await expect
      .poll(() => linesIn(lake), { timeout: 60_000, interval: 500 })
      .toHaveLength(posts * topics.length)
    consumer.signal('SIGTERM')
    const stored = await consumer.done
    expect(stored).toMatchObject({ exit: 0 })

    const lines = await linesIn(lake)
    expect(lines).toHaveLength(posts * topics.length)
    expect(new Set(lines).size).toBe(posts * topics.length)
    expect(refused.map(({ count }) => count)).toEqual([1, 1])
    expect(new Set(msk.iam.refusals)).toEqual(new Set(['credentials-ended']))
  },
)

/** What all logs hold together. */
function recordsIn({ kafka }: Msk): bigint {
  return topics
    .flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => kafka.partition(topic, partition)),
    )
    .reduce((sum, at) => sum + (at?.highWatermark ?? 0n), 0n)
}

/** Every line of every data object, with its topic in front: the rows of different tables may be alike. */
async function linesIn(lake: string): Promise<readonly string[]> {
  const names = await readdir(join(lake, 'topics'), { recursive: true }).catch(() => [])
  const objects = names.filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(objects.map((name) => readFile(join(lake, 'topics', name), 'utf8')))
  return texts.flatMap((text, index) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `${objects[index]?.split('/')[0]} ${line}`),
  )
}
