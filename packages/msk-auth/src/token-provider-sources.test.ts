import { generateAuthTokenFromProfile } from 'aws-msk-iam-sasl-signer-js'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startFakeSts } from './fake-sts-test-helpers.ts'
import { mskTokenProvider } from './token-provider.ts'
import { base, roleArn, useSts } from './token-provider-test-helpers.ts'

test.each<[string, string, object]>([
  ['assumes a role', `role_arn = ${roleArn}\nsource_profile = keys`, { RoleSessionName: 'pinpipe-producer' }],
  [
    'exchanges a token file',
    `role_arn = ${roleArn}\nweb_identity_token_file = @/token`,
    { RoleSessionName: 'pinpipe-producer', WebIdentityToken: 'jwt' },
  ],
  [
    'names its session',
    `role_arn = ${roleArn}\nsource_profile = keys\nrole_session_name = mine\nexternal_id = e`,
    { RoleSessionName: 'mine', ExternalId: 'e' },
  ],
])(
  'S3: a profile that %s has a fixed session name, not one with the time in it',
  async (_, lines, expected) => {
    await using sts = await startFakeSts()
    useSts(sts)
    const folder = await mkdtemp(join(tmpdir(), 'pinpipe-aws-'))
    try {
      const keys = 'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = s'
      await writeFile(join(folder, 'token'), 'jwt')
      await writeFile(
        join(folder, 'config'),
        `[profile dev]\n${lines.replace('@', folder)}\n[profile keys]\n${keys}\n`,
      )
      vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
      await mskTokenProvider({ ...base, profile: 'dev' })()
      expect(sts.calls).toHaveLength(1)
      expect(Object.fromEntries(sts.calls[0]?.form ?? [])).toMatchObject({ RoleArn: roleArn, ...expected })
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('S3: the bare signer puts the time into the session name, so that it is another principal each time', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-aws-'))
  try {
    const keys = 'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = s'
    const role = `role_arn = ${roleArn}\nsource_profile = keys\nregion = eu-west-1`
    await writeFile(join(folder, 'config'), `[profile bare]\n${role}\n[profile keys]\n${keys}\n`)
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
    await generateAuthTokenFromProfile({ region: 'eu-west-1', awsProfileName: 'bare' })
    expect(sts.calls[0]?.form.get('RoleSessionName')).toMatch(/^aws-sdk-js-\d{13}$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("a pod's token file is exchanged for its role under the fixed session name, and a second role comes on top", async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-aws-'))
  try {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'jwt-of-the-pod')
    const webIdentity = { tokenFile, roleArn: 'arn:aws:iam::123456789012:role/pod' }
    await mskTokenProvider({ ...base, webIdentity, roleArn })()
    expect(
      sts.calls.map(({ action, form }) => [action, form.get('RoleArn'), form.get('RoleSessionName')]),
    ).toEqual([
      ['AssumeRoleWithWebIdentity', webIdentity.roleArn, 'pinpipe-producer'],
      ['AssumeRole', roleArn, 'pinpipe-producer'],
    ])
    expect(sts.calls[0]?.form.get('WebIdentityToken')).toBe('jwt-of-the-pod')
  } finally {
    await rm(folder, { recursive: true })
  }
})
