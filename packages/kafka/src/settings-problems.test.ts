/** Settings that cannot be: each is one sentence that says what to do. */
import { chmod, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type Given,
  brokers,
  connect,
  folder,
  mskFile,
  msk,
  plainFile,
  problemsOf,
  user,
} from './settings-test-helpers.ts'

test.each<[string, Given, RegExp]>([
  ['no brokers', {}, /^the brokers are missing: give --brokers host:port \(or the variable KAFKA_BROKERS\)$/],
  ['a broker without a port', { argv: ['--brokers', 'a'] }, /^"a" is no broker address: write host:port$/],
  [
    'an IPv6 broker without brackets',
    { argv: ['--brokers', '::1:9092'] },
    /^"::1:9092" is no broker address: write host:port, an IPv6 host in brackets: \[::1\]:9092$/,
  ],
  ['a broker with a wrong port', { argv: ['--brokers', 'a:99999'] }, /is no broker address/],
  ['a broker as a URL', { argv: ['--brokers', 'kafka://a:9092'] }, /is no broker address/],
  [
    'another mechanism than the file says',
    { argv: [...msk, '--auth', 'msk-iam'], file: mskFile },
    /^--auth msk-iam contradicts the client properties, which say aws-msk-iam: leave one of them out$/,
  ],
  [
    'no region',
    { argv: [...brokers, '--auth', 'msk-iam'] },
    /^the AWS region is missing.* --region \(or the variable AWS_REGION\)$/,
  ],
  [
    'a user without a password',
    { argv: [...brokers, '--auth', 'plain'], env: { KAFKA_USERNAME: 'al' } },
    /^--auth plain needs a password: set the variable KAFKA_PASSWORD$/,
  ],
  [
    'a password without a user',
    { argv: [...brokers, '--auth', 'scram-sha-256'], env: { KAFKA_PASSWORD: 'x' } },
    /^--auth scram-sha-256 needs a user: set the variable KAFKA_USERNAME$/,
  ],
  [
    'half a pair in the environment and a pair in the file',
    { argv: brokers, file: plainFile, env: { KAFKA_USERNAME: 'al' } },
    /KAFKA_PASSWORD$/,
  ],
  [
    '--no-tls with a login',
    { argv: [...brokers, '--auth', 'plain', '--no-tls'], env: user },
    /^--no-tls cannot go with --auth plain.*security.protocol=SASL_PLAINTEXT/,
  ],
  [
    '--no-tls with --tls-ca',
    { argv: [...brokers, '--no-tls', '--tls-ca', '@/ca.pem'] },
    /^--no-tls contradicts --tls-ca/,
  ],
  [
    '--auth against the file',
    { argv: [...msk, '--auth', 'plain'], env: user, file: mskFile },
    /^--auth plain contradicts the client properties, which say aws-msk-iam/,
  ],
  [
    '--auth none against the file',
    { argv: [...brokers, '--auth', 'none'], file: plainFile },
    /^--auth none contradicts the client properties, which say plain/,
  ],
  [
    '--no-tls against the file',
    { argv: [...brokers, '--no-tls'], file: plainFile },
    /^--no-tls contradicts security.protocol=SASL_SSL/,
  ],
  [
    '--tls against the file',
    { argv: [...brokers, '--tls'], file: 'security.protocol=PLAINTEXT' },
    /^--tls contradicts security.protocol=PLAINTEXT/,
  ],
  [
    '--tls-ca against the file',
    { argv: [...brokers, '--tls-ca', '@/ca.pem'], file: 'security.protocol=PLAINTEXT' },
    /^--tls-ca contradicts/,
  ],
  [
    'a missing file',
    { argv: [...brokers, '--client-properties', '@/none'] },
    /^cannot read the client properties from @\/none: there is no such file, correct the path$/,
  ],
  [
    'a directory',
    { argv: [...brokers, '--client-properties', '@/directory'] },
    /: it is a directory, name a file in it$/,
  ],
  [
    'a missing authority',
    { argv: [...brokers, '--tls-ca', '@/none'] },
    /^cannot read the certificate authorities from @\/none: there is no such file, correct the path$/,
  ],
  [
    'an authority that is no PEM',
    { argv: [...brokers, '--tls-ca', '@/text.pem'] },
    /^@\/text.pem holds no PEM for the certificate authorities: give a file with a line "-----BEGIN CERTIFICATE-----"$/,
  ],
  [
    'a broken line',
    { argv: brokers, file: 'a=1\nb=\\u12' },
    /^@\/client.properties cannot be read: line 2: "\\u" must be followed/,
  ],
  [
    'a wrong property',
    { argv: brokers, file: 'security.protocol=x' },
    /^@\/client.properties: security.protocol must be one of/,
  ],
])('%s is one sentence that says what to do', async (_, given, sentence) => {
  expect(await problemsOf(given)).toEqual([expect.stringMatching(sentence)])
})

test.skipIf(userInfo().uid === 0)('a file without permission is one sentence', async () => {
  const path = join(folder, 'locked')
  await writeFile(path, '')
  await chmod(path, 0)
  expect(await problemsOf({ argv: [...brokers, '--client-properties', '@/locked'] })).toEqual([
    expect.stringMatching(/: permission denied$/),
  ])
})

test('all problems are reported at once', async () => {
  expect(await problemsOf({ argv: ['--auth', 'scram-sha-512', '--no-tls'] })).toHaveLength(4)
})

test.each([
  ['--region', 'Mars', /Mars/],
  ['--role-session-name', 'a b', /a b/],
])('a wrong %s is a usage problem', async (flag, value, sentence) => {
  const argv = [...brokers, '--auth', 'msk-iam', '--region', 'eu-west-1', flag, value]
  const given = flag === '--region' ? { argv: [...brokers, '--auth', 'msk-iam', flag, value] } : { argv }
  await expect(connect(given)).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringMatching(sentence),
  })
})
