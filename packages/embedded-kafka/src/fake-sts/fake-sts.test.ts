import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { ManualClock } from '../manual-clock.ts'
import { type IamRole, type MskIamOptions, mskIam } from '../msk-iam.ts'
import { admin, alice, clusterArn, region } from '../testing/iam-account.ts'

const roleOf = (changes: Partial<IamRole>): IamRole => ({ ...admin, ...changes })

async function openSts(options: Partial<MskIamOptions> = {}) {
  const iam = mskIam({ clusterArn, users: [alice], roles: [admin], ...options })
  const sts = await iam.startSts()
  const clientOf = (
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
    systemClockOffset = 0,
  ) => new STSClient({ endpoint: sts.url, region, credentials, maxAttempts: 1, systemClockOffset })
  const assume = async (changes: Partial<AssumeRoleCommandInput> = {}, client = clientOf(alice)) => {
    const input = { RoleArn: admin.arn, RoleSessionName: 'session', ...changes }
    const { Credentials: given, AssumedRoleUser: user } = await client.send(new AssumeRoleCommand(input))
    return { given, arn: user?.Arn }
  }
  return { sts, clientOf, assume, [Symbol.asyncDispose]: () => sts[Symbol.asyncDispose]() }
}

const keysOf = (given: Credentials | undefined) => ({
  accessKeyId: given?.AccessKeyId ?? '',
  secretAccessKey: given?.SecretAccessKey ?? '',
  sessionToken: given?.SessionToken ?? '',
})

test('a role is assumed, and its session is who it says', async () => {
  await using account = await openSts()
  const { given, arn } = await account.assume()
  expect(arn).toBe('arn:aws:sts::111122223333:assumed-role/admin/session')
  expect(Number(given?.Expiration) - Date.now()).toBeGreaterThan(3_590_000)
  const client = account.clientOf(keysOf(given))
  expect(await client.send(new GetCallerIdentityCommand())).toMatchObject({
    Account: '111122223333',
    Arn: arn,
  })
  // Chained: from the session on to a role.
  expect((await account.assume({ RoleSessionName: 'second' }, client)).arn).toMatch(/admin\/second$/)
  expect(account.sts.calls).toEqual([
    { action: 'AssumeRole', caller: alice.arn, status: 200 },
    { action: 'GetCallerIdentity', caller: arn, status: 200 },
    { action: 'AssumeRole', caller: arn, status: 200 },
  ])
})

test.for([
  ['an unknown key', { accessKeyId: 'AKIANOBODY' }, 'InvalidClientTokenId'],
  ['a wrong secret', { secretAccessKey: 'guessed' }, 'SignatureDoesNotMatch'],
  ['a session token that it has not', { sessionToken: 'x' }, 'InvalidClientTokenId'],
] as const)('%s is refused', async ([, changes, name]) => {
  await using account = await openSts()
  await expect(account.assume({}, account.clientOf({ ...alice, ...changes }))).rejects.toMatchObject({ name })
})

/** Alice may, if she knows the external id. */
const trust = (id: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: alice.arn },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': id } },
    },
  ],
})

test('a role that is not there, or does not trust the caller, is refused with both names', async () => {
  await using account = await openSts({ roles: [roleOf({ trust: trust('the id') })] })
  const denied = {
    name: 'AccessDenied',
    message: `User: ${alice.arn} is not authorized to perform: sts:AssumeRole on resource: ${admin.arn}`,
  }
  await expect(account.assume()).rejects.toMatchObject(denied)
  await expect(account.assume({ ExternalId: 'another' })).rejects.toMatchObject(denied)
  await expect(account.assume({ RoleArn: `${admin.arn}2` })).rejects.toMatchObject({ name: 'AccessDenied' })
  expect((await account.assume({ ExternalId: 'the id' })).arn).toMatch(/admin\/session$/)
})

test('a session is no longer than its role allows, and ends', async () => {
  const clock = new ManualClock()
  clock.advance(Date.now() - clock.now())
  await using account = await openSts({ clock, roles: [roleOf({ maxSessionMs: 1_800_000 })] })
  await expect(account.assume({ DurationSeconds: 1_801 })).rejects.toMatchObject({ name: 'ValidationError' })
  await expect(account.assume({ DurationSeconds: 899 })).rejects.toMatchObject({ name: 'ValidationError' })
  await expect(account.assume({ RoleSessionName: 'a b', DurationSeconds: 900 })).rejects.toMatchObject({
    name: 'ValidationError',
  })
  const { given } = await account.assume({ DurationSeconds: 900 })
  clock.advance(901_000)
  const client = account.clientOf(keysOf(given), 901_000)
  await expect(client.send(new GetCallerIdentityCommand())).rejects.toMatchObject({ name: 'ExpiredToken' })
})

test('a request that was signed long ago is refused', async () => {
  await using account = await openSts({ skewMs: 6 * 60_000 })
  // The SDK sees the difference in the answer's date.
  await expect(account.assume()).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  expect(account.sts.calls).toMatchObject([{ status: 403 }])
})
