/** What each app does in its end-to-end run on MSK, with nothing but the policy that it is given. */

import { join } from 'node:path'
import { type AppName, type AppOptions, grantsOf } from '@pinpipe/msk-auth/app-grants'
import { type KafkaAction, policyActionOf } from '@pinpipe/msk-auth/kafka-actions'
import { groupArn, topicArn } from '@pinpipe/msk-auth/kafka-arns'
import { openProducer } from '@pinpipe/kafka/producer'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { clusterArn, type Msk, startMsk } from './msk.ts'
import { type App, type AppRun, runApp } from './run-app.ts'

export const prefix = '0af8d0adfd13'
export const group = 'pinpipe'
export const topics: readonly string[] = catalogue.map((table) => topicOf(prefix, table))

/** The policy of an app's role as Terraform renders it (a test of infra keeps the two equal), less one action perhaps. */
export function policyOf(app: AppName, options: AppOptions, less?: KafkaAction): object {
  const granted = grantsOf(app, options)
  const statement = (actions: readonly KafkaAction[], resources: readonly string[]): object[] => {
    const left = actions.filter((action) => action !== less).map((action) => policyActionOf(action))
    return left.length === 0 ? [] : [{ Effect: 'Allow', Action: left, Resource: resources }]
  }
  return {
    Version: '2012-10-17',
    Statement: [
      ...statement(granted.cluster, [clusterArn]),
      ...statement(
        granted.topic,
        topics.map((topic) => topicArn(clusterArn, topic)),
      ),
      ...statement(granted.group, [groupArn(clusterArn, group)]),
    ],
  }
}

/** Runs an app on a cluster of its own until it has done its work, or something ends with another code than 0. */
export async function runOnMsk(
  app: App,
  policy: object,
  auth: 'msk-iam' | 'aws-msk-iam' = 'msk-iam',
): Promise<AppRun> {
  const existing = app === 'topic-admin' ? [] : topics.map((topic) => ({ topic, partitions: 2 }))
  await using msk = await startMsk({ roles: { [app]: policy }, kafka: { topics: existing } })
  if (app === 'consumer') await fillTopics(msk)
  const env = { ...msk.envOf(app), TOPIC_PREFIX: prefix, KAFKA_AUTH: auth }
  let run: AppRun | undefined
  for (const args of commandsOf[app](msk.folder)) {
    // oxlint-disable-next-line no-await-in-loop -- a command works on what the one before it did
    run = await runApp(app, args, { env })
    if (run.exit !== 0) break
  }
  if (run === undefined) throw new Error(`${app} has no commands`)
  return run
}

const commandsOf: Readonly<Record<App, (folder: string) => readonly (readonly string[])[]>> = {
  producer: () => [['--source', 'generate:20']],
  consumer: (folder) => [
    ['--lake', `dir:${join(folder, 'lake')}`, '--group', group, '--until-end', '--validate', 'json'],
  ],
  'topic-admin': () => [
    ['apply', '--partitions', '2', '--yes'],
    ['describe', ...topics],
    ['alter', topics[0] ?? '', '--partitions', '3', '--allow-keyed-partition-increase'],
    ['delete', ...topics, '--yes', '--confirm-name', topics.join(',')],
  ],
}

async function fillTopics(msk: Msk): Promise<void> {
  await using producer = await openProducer(msk.connection())
  for (const topic of topics) {
    const records = [{ key: '1', value: '{"index":1}' }]
    // oxlint-disable-next-line no-await-in-loop -- three
    await producer.send({ topic, partition: 0, records })
  }
}
