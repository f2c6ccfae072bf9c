import { type S3Access, type S3Facts } from '@pinpipe/local-stack/s3-access'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { mutilations, wholeLake, type OpenLake } from './testing/mutilations.ts'
import { runConsumer } from './testing/run-consumer.ts'

type Found = { readonly code: string; readonly key: string }
type Verified = { readonly differences: readonly Found[]; readonly notes: readonly Found[] }

describe('in a real S3 server', () => {
  stackTest('a whole lake has no differences', async ({ s3 }) => {
    const { bucket } = await lakeIn(s3)
    expect(await verify(s3, bucket)).toEqual([0, []])
  })

  for (const { title, spoil, found } of mutilations) {
    stackTest(`verify finds and names: ${title}`, async ({ s3 }) => {
      const { bucket, lake } = await lakeIn(s3)
      await spoil(lake)
      expect(await verify(s3, bucket)).toEqual([2, found])
    })
  }
})

async function lakeIn(s3: S3Facts & S3Access): Promise<{ readonly bucket: string; readonly lake: OpenLake }> {
  const bucket = unique('lake')
  await s3.createBucket(bucket)
  for (const [key, { bytes }] of (await wholeLake()).objects) await s3.put(bucket, `p/${key}`, bytes)
  const lake: OpenLake = {
    get: (key) => s3.get(bucket, `p/${key}`),
    put: (key, bytes) => s3.put(bucket, `p/${key}`, bytes),
    remove: (key) => s3.remove(bucket, `p/${key}`),
  }
  return { bucket, lake }
}

/** The exit code, and what was found. */
async function verify(s3: S3Facts & S3Access, bucket: string): Promise<[number, string[]]> {
  const { code, stdout, stderr } = await runConsumer(
    ['verify', '--lake', `s3://${bucket}/p`, '-o', 'json'],
    s3.env,
  )
  if (stdout === '') throw new Error(stderr)
  const { differences, notes } = JSON.parse(stdout) as Verified
  expect(notes).toEqual([])
  return [code, differences.map((one) => `${one.code} ${one.key}`).toSorted()]
}
