/** For tests of the settings: files of a folder, and the connection or the problems that come out. */
import { parseSettings } from '@pinpipe/service/settings'
import { UsageFailure } from '@pinpipe/service/failure'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type KafkaConnection } from './connection.ts'
import { connectionOf, kafkaSettings } from './settings.ts'

/** The folder of the test file that runs. */
export let folder = ''
export const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpipe-settings-'))
  await mkdir(join(folder, 'directory'))
  await writeFile(join(folder, 'ca.pem'), ca)
  await writeFile(join(folder, 'text.pem'), 'no certificate')
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

type Line = { level: string; fields: object; message: string }

export type Given = { argv?: string[]; env?: Record<string, string>; file?: string }

/** `@/` in an argument is the folder of the test; `file` becomes @/client.properties and is named by --command-config. */
export async function connect({
  argv = [],
  env = {},
  file,
}: Given): Promise<{ connection: KafkaConnection; lines: Line[] }> {
  const path = join(folder, 'client.properties')
  if (file !== undefined) await writeFile(path, file.replaceAll('@/', `${folder}/`), 'latin1')
  const { settings } = parseSettings(kafkaSettings, {
    argv: [
      ...argv.map((arg) => arg.replace('@/', `${folder}/`)),
      ...(file === undefined ? [] : ['--command-config', path]),
    ],
    env,
  })
  const lines: Line[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message })
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { connection: await connectionOf(settings, { clientId: 'pinpipe-test', log }), lines }
}

/** The problems that {@link connect} throws as one UsageFailure, with `@/` for the folder; empty when it throws nothing. */
export async function problemsOf(given: Given): Promise<readonly string[]> {
  return connect(given).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof UsageFailure)) throw error
      expect(error.exitCode).toBe(64)
      return error.problems.map((problem) => problem.replaceAll(`${folder}/`, '@/'))
    },
  )
}

export const brokers = ['--brokers', 'a:9092,b:9092']
export const msk = ['--brokers', 'b-1.demo.abc.c2.kafka.eu-west-1.amazonaws.com:9098']
export const user = { KAFKA_USERNAME: 'al', KAFKA_PASSWORD: 'pw-of-al' }
export const plainFile = `security.protocol=SASL_SSL
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="file-user" password="pw-of-file";
`
export const mskFile = `security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
`
export const plainSasl = { mechanism: 'plain', username: 'al', password: 'pw-of-al' }
