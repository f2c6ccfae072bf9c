import { expect, test } from 'vitest'
import { Content } from '../content.ts'
import { openS3Store } from '../lake/s3-store.ts'
import { locate } from '../locate.ts'
import { FakeS3 } from '../testing/fake-s3.ts'
import { wholeLake } from '../testing/mutilations.ts'

test('locate sends S3 two requests: one listing of one key, and one GET', async () => {
  await using s3 = await FakeS3.start()
  await using store = openS3Store({
    bucket: 'lake',
    prefix: 'p',
    env: { AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'r' },
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })
  for (const [key, { bytes, object }] of (await wholeLake()).objects)
    await store.create({ ...object, key, body: Content.of(bytes) })
  s3.requests.splice(0)
  const location = await locate(store, { topic: 't', epoch: 0, partition: 1 }, 6n)
  expect(location).toMatchObject({
    kind: 'stored',
    isCertain: true,
    holders: [{ firstLine: 3, lastLine: 3 }],
  })
  expect(s3.requests.map(({ method, key, query }) => [method, key, query.get('max-keys')])).toEqual([
    ['GET', '', '1'],
    ['GET', 'p/_chain/t@0/1/9223372036854775803-4.json', null],
  ])
})
