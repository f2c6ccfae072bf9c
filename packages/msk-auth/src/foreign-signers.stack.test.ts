/** The verifier takes what AWS's own libraries write, and refuses it as soon as one thing about it is wrong. */

import { fetchJars } from '@pinpipe/local-stack/maven-jars'
import { fetchPythonTools } from '@pinpipe/local-stack/python-tools'
import { mustRun } from '@pinpipe/local-stack/run-program'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { type AwsCredentials } from './credentials.ts'
import { type AccessKey, type VerifierOptions, verifyFirstMessage, verifyToken } from './token-verifier.ts'

const region = 'eu-west-1'
const host = 'b-1.demo.a1.c2.kafka.eu-west-1.amazonaws.com'
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name)

const credentials: readonly AwsCredentials[] = [
  { accessKeyId: 'AKIAUSER', secretAccessKey: 'secret/of+user' },
  { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret/of+session', sessionToken: 'a+session/token==' },
]

// The jars are Apache Kafka's, and Java's presence is what `kafka` stands for.
describe.each(credentials)('with $accessKeyId', (given) => {
  const env = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: given.accessKeyId,
    AWS_SECRET_ACCESS_KEY: given.secretAccessKey,
    AWS_SESSION_TOKEN: given.sessionToken,
    AWS_PROFILE: undefined,
  }

  function options(more: Partial<AccessKey> = {}): VerifierOptions<AccessKey> {
    const key = { ...given, ...more }
    return { keyOf: (id) => (id === given.accessKeyId ? key : undefined), nowMs: Date.now(), region }
  }

  function expectRightToken(token: string): void {
    const { accessKeyId, host: signedHost, expiresAtMs } = verifyToken(token, options())
    expect([accessKeyId, signedHost]).toEqual([given.accessKeyId, `kafka.${region}.amazonaws.com`])
    expect(expiresAtMs - Date.now()).toBeGreaterThan(800_000)
    expect(() => verifyToken(token, options({ secretAccessKey: 'another' }))).toThrow('the signature')
    expect(() => verifyToken(token, { ...options(), nowMs: Date.now() + 901_000 })).toThrow(
      'lifetime is over',
    )
  }

  stackTest('a token of the signer for JavaScript', async () => {
    const { token } = await generateAuthTokenFromCredentialsProvider({
      region,
      awsCredentialsProvider: () => Promise.resolve(given),
    })
    expectRightToken(token)
  })

  stackTest('a token of the signer for Python', { timeout: 120_000 }, async ({ kafka: _kafka }) => {
    const programs = await fetchPythonTools('msk-signer', fixture('requirements-signer.txt'))
    const python = join(programs, 'python3')
    expectRightToken((await mustRun(python, [fixture('sign_msk_token.py'), region], { env })).trim())
  })

  stackTest(
    'a token and a message of AWS_MSK_IAM of the library for Java',
    { timeout: 180_000 },
    async ({ kafka: _kafka }) => {
      const jars = await fetchJars('2.8.1')
      const written = await mustRun('java', ['-cp', join(jars, '*'), fixture('SignMskLogins.java'), host], {
        env,
      })
      const [token = '', message = ''] = written.trim().split('\n')
      expectRightToken(token)
      const bytes = Buffer.from(message)
      expect(verifyFirstMessage(bytes, { ...options(), hosts: [host] })).toMatchObject({
        accessKeyId: given.accessKeyId,
        host,
      })
      expect(() => verifyFirstMessage(bytes, { ...options(), hosts: ['b-2'] })).toThrow('another host')
      expect(() => verifyFirstMessage(bytes, options({ secretAccessKey: 'another' }))).toThrow(
        'the signature',
      )
    },
  )
})
