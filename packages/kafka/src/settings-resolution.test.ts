import { parseSettings } from '@pinpipe/service/settings'
import { expect, test } from 'vitest'
import { applyClientProperties } from './client-properties.ts'
import { type Login, resolveSettings } from './settings-resolution.ts'
import { kafkaSettings } from './settings.ts'

const brokers = ['--brokers', 'b-1.demo.abc.c2.kafka.eu-west-1.amazonaws.com:9098']

function loginOf(argv: string[], env: Record<string, string>, options?: string): Login | undefined {
  const { settings } = parseSettings(kafkaSettings, { argv: [...brokers, ...argv], env })
  const file =
    options === undefined
      ? undefined
      : applyClientProperties(
          new Map([
            ['security.protocol', 'SASL_SSL'],
            ['sasl.mechanism', 'AWS_MSK_IAM'],
            ['sasl.jaas.config', `software.amazon.msk.auth.iam.IAMLoginModule required ${options};`],
          ]),
        )
  return resolveSettings(settings, file).resolved?.login
}

const iam = ['--auth', 'msk-iam']
const pod = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'pod-role' }

test.each<[string, Parameters<typeof loginOf>, object]>([
  [
    "the broker's name is right about the region, whatever AWS_REGION is for",
    [iam, { AWS_REGION: 'us-east-1' }],
    {},
  ],
  [
    'role, session name and profile come from flags',
    [[...iam, '--role-arn', 'r', '--role-session-name', 's', '--profile', 'p'], {}],
    { roleArn: 'r', roleSessionName: 's', profile: 'p' },
  ],
  [
    'or from variables',
    [iam, { AWS_ROLE_ARN: 'r', AWS_ROLE_SESSION_NAME: 's', AWS_PROFILE: 'p' }],
    { roleArn: 'r', roleSessionName: 's', profile: 'p' },
  ],
  [
    'or from the file',
    [
      [],
      {},
      'awsRoleArn="r" awsRoleSessionName="s" awsProfileName="p" awsRoleExternalId="e" awsStsRegion="us-east-1"',
    ],
    { roleArn: 'r', roleSessionName: 's', profile: 'p', roleExternalId: 'e', stsRegion: 'us-east-1' },
  ],
  [
    'a flag wins over the file',
    [['--role-arn', 'flag'], {}, 'awsRoleArn="file" awsRoleSessionName="s"'],
    { roleArn: 'flag', roleSessionName: 's' },
  ],
  [
    'keys for the role come from the file',
    [[], {}, 'awsRoleArn="r" awsRoleAccessKeyId="a" awsRoleSecretAccessKey="b" awsRoleSessionToken="c"'],
    { roleArn: 'r', roleKeys: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' } },
  ],
  [
    "a pod's role is taken with its token file",
    [iam, pod],
    { webIdentity: { tokenFile: '/token', roleArn: 'pod-role' } },
  ],
  [
    "a role of the file comes on top of the pod's",
    [[], pod, 'awsRoleArn="r"'],
    { webIdentity: { tokenFile: '/token', roleArn: 'pod-role' }, roleArn: 'r' },
  ],
])('%s', (_, given, expected) => {
  const auth = given[0].includes('msk-iam') ? 'msk-iam' : 'aws-msk-iam'
  expect(loginOf(...given)).toEqual({ kind: 'iam', auth, iam: { region: 'eu-west-1', ...expected } })
})
