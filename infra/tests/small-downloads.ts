/** What the client's user data downloads, small but real: Kafka, MSK's login module, MySQL's authorities, the three apps. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const kafkaUrl = 'https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz'
export const jarUrl =
  'https://github.com/aws/aws-msk-iam-auth/releases/download/v2.3.4/aws-msk-iam-auth-2.3.4-all.jar'
export const authoritiesUrl = 'https://truststore.pki.rds.amazonaws.com/eu-west-1/eu-west-1-bundle.pem'
export const archiveUrls = {
  'topic-admin': 'https://example.com/topic-admin-1.2.3.tgz',
  consumer: 's3://pinpipe-111122223333/releases/consumer/consumer-1.2.3.tgz',
  producer: 's3://pinpipe-111122223333/releases/producer/producer-1.2.3.tgz',
} as const

export type App = keyof typeof archiveUrls

/** Address → content, in the order in which the first boot asks for them. */
export function smallDownloads(): ReadonlyMap<string, Buffer> {
  return new Map([
    [
      kafkaUrl,
      archiveOf({
        'kafka_2.12-2.8.1/bin/kafka-topics.sh': '#!/bin/bash\n',
        'kafka_2.12-2.8.1/libs/kafka-clients-2.8.1.jar': 'clients\n',
      }),
    ],
    [jarUrl, Buffer.from('login module\n')],
    [authoritiesUrl, Buffer.from('-----BEGIN CERTIFICATE-----\n')],
    [archiveUrls['topic-admin'], appArchive('topic-admin')],
    [archiveUrls.consumer, appArchive('consumer')],
    [archiveUrls.producer, appArchive('producer')],
  ])
}

function appArchive(app: App): Buffer {
  return archiveOf({ [`${app}.js`]: '// 1.2.3\n', [`pinpipe-${app}.service`]: `# ${app}\n` })
}

/** A gzipped tar archive of these files. */
export function archiveOf(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'pinpipe-archive-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    return execFileSync('tar', ['--create', '--gzip', `--directory=${folder}`, ...Object.keys(files)])
  } finally {
    rmSync(folder, { recursive: true })
  }
}
