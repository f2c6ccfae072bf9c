/** Where credentials can come from beside variables: each source is a server or a file of its own here. */

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { startFakeSts } from './fake-sts-test-helpers.ts'
import { MskIdentity, type MskIdentityOptions } from './msk-identity.ts'
import { base, roleArn, useSts } from './token-provider-test-helpers.ts'

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
})

async function accessKeyIdOf(options: Partial<MskIdentityOptions>): Promise<string> {
  return (await new MskIdentity({ ...base, ...options }).credentials()).accessKeyId
}

/** A server on loopback that answers everything with one JSON. */
async function serverOf(
  answer: object,
): Promise<
  AsyncDisposable & { url: string; requests: { url: string; headers: NodeJS.Dict<string | string[]> }[] }
> {
  const requests: { url: string; headers: NodeJS.Dict<string | string[]> }[] = []
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not on TCP')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

async function folderWith(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pinpipe-aws-'))
  for (const [name, text] of Object.entries(files)) {
    // oxlint-disable-next-line no-await-in-loop -- two or three
    await mkdir(join(path, name, '..'), { recursive: true })
    // oxlint-disable-next-line no-await-in-loop -- two or three
    await writeFile(join(path, name), text)
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const fileOf = (id: string): string => `[rotating]\naws_access_key_id = ${id}\naws_secret_access_key = s\n`

const inAnHour = (): Date => new Date(Date.now() + 3_600_000)

test('a container has them from its agent', async () => {
  await using agent = await serverOf({
    AccessKeyId: 'ASIACONTAINER',
    SecretAccessKey: 's',
    Token: 't',
    Expiration: inAnHour().toISOString(),
  })
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${agent.url}/credentials`)
  vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'Basic abc')
  expect(await accessKeyIdOf({})).toBe('ASIACONTAINER')
  expect(agent.requests).toMatchObject([{ url: '/credentials', headers: { authorization: 'Basic abc' } }])
})

test('a profile of SSO has them from its portal, with the token of `aws sso login`', async () => {
  const roleCredentials = {
    accessKeyId: 'ASIASSO',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: inAnHour().getTime(),
  }
  await using portal = await serverOf({ roleCredentials })
  const cached = createHash('sha1').update('corp').digest('hex')
  await using home = await folderWith({
    '.aws/config': `[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev
[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n`,
    [`.aws/sso/cache/${cached}.json`]: JSON.stringify({
      accessToken: 'sso-token',
      expiresAt: inAnHour().toISOString(),
    }),
  })
  vi.stubEnv('HOME', home.path)
  vi.stubEnv('AWS_CONFIG_FILE', join(home.path, '.aws/config'))
  vi.stubEnv('AWS_ENDPOINT_URL_SSO', portal.url)
  expect(await accessKeyIdOf({ profile: 'dev' })).toBe('ASIASSO')
  const [request] = portal.requests
  expect(request?.url).toContain('account_id=111122223333')
  expect(request?.headers['x-amz-sso_bearer_token']).toBe('sso-token')
})

test('roles are assumed one with the other: those of the profile first, then the one that was asked for', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  await using folder = await folderWith({
    config: `[profile keys]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s
[profile middle]\nrole_arn = arn:aws:iam::111122223333:role/middle\nsource_profile = keys\nexternal_id = for-middle
[profile dev]\nrole_arn = arn:aws:iam::111122223333:role/dev\nsource_profile = middle\n`,
  })
  vi.stubEnv('AWS_CONFIG_FILE', join(folder.path, 'config'))
  await accessKeyIdOf({ profile: 'dev', roleArn, roleExternalId: 'for-last' })
  const [first, second, third] = sts.calls
  expect(sts.calls).toHaveLength(3)
  expect(
    sts.calls.map(({ form }) => [form.get('RoleArn'), form.get('ExternalId'), form.get('RoleSessionName')]),
  ).toEqual([
    ['arn:aws:iam::111122223333:role/middle', 'for-middle', 'pinpipe-producer'],
    ['arn:aws:iam::111122223333:role/dev', null, 'pinpipe-producer'],
    [roleArn, 'for-last', 'pinpipe-producer'],
  ])
  // Each is signed with what the one before gave.
  expect([first?.accessKeyId, second?.accessKeyId, third?.accessKeyId]).toEqual([
    'AKIAPROFILE',
    'ASIAFAKE00000001',
    'ASIAFAKE00000002',
  ])
})

test('keys of a login module are what its role is assumed with', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  const roleKeys = { accessKeyId: 'ASIAJAAS', secretAccessKey: 's', sessionToken: 'jaas-token' }
  expect(await accessKeyIdOf({ roleArn, roleKeys })).toBe('ASIAFAKE00000001')
  expect(sts.calls.map(({ accessKeyId }) => accessKeyId)).toEqual(['ASIAJAAS'])
})

test('keys that were rotated in the shared file are seen after a refusal', async () => {
  await using folder = await folderWith({ credentials: fileOf('AKIAOLD') })
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder.path, 'credentials'))
  const identity = new MskIdentity({ ...base, profile: 'rotating' })
  const old = await identity.credentials()
  expect(old.accessKeyId).toBe('AKIAOLD')
  await writeFile(join(folder.path, 'credentials'), fileOf('AKIANEW'))
  expect(await identity.credentials()).toBe(old)
  identity.forget(old)
  expect((await identity.credentials()).accessKeyId).toBe('AKIANEW')
})
