/** What stack tests share: a topic of their own, an independent reader, a way to wait. */

import { setTimeout as sleep } from 'node:timers/promises'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { unique } from '@pinpipe/local-stack/stack-test'
import { openAdmin, openReadOnlyAdmin } from '../admin.ts'
import { type KafkaConnection } from '../connection.ts'
import { openProducer } from '../producer.ts'

export function plainConnection(brokers: string): KafkaConnection {
  return { clientId: 'pinpipe-test', brokers: brokers.split(','), tls: false }
}

export async function createTopic(
  brokers: string,
  partitions: number,
  configs: Readonly<Record<string, string>> = {},
): Promise<string> {
  await using admin = await openAdmin(plainConnection(brokers))
  const topic = unique('pin')
  await admin.createTopics([{ topic, partitions, configs }])
  return topic
}

const printed = ['print.key=true', 'print.partition=true', 'print.offset=true', 'key.separator=|']

/** What the Java console consumer reads of one partition: `Partition:0|Offset:0|key|value` a line, cut into fields. */
export async function readByJava(
  brokers: string,
  topic: string,
  count: number,
): Promise<readonly { partition: number; offset: number; key: string; value: string }[]> {
  const { stdout, stderr, code } = await runJavaTool('kafka-console-consumer', [
    '--bootstrap-server',
    brokers,
    '--topic',
    topic,
    '--from-beginning',
    '--max-messages',
    String(count),
    '--timeout-ms',
    '15000',
    ...printed.flatMap((property) => ['--property', property]),
  ])
  if (code !== 0) throw new Error(`the Java consumer failed: ${stderr}`)
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [partition = '', offset = '', key = '', value = ''] = line.split('|')
      return { partition: Number(partition.split(':')[1]), offset: Number(offset.split(':')[1]), key, value }
    })
}

/** Polls until `isTrue`, or fails after half a minute with what was awaited. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`)
    await sleep(10)
  }
}

/** `count` values `0`, `1` … in each partition. */
export async function fill(
  brokers: string,
  topic: string,
  partitions: number,
  count: number,
  from = 0,
): Promise<void> {
  await using producer = await openProducer(plainConnection(brokers))
  await Promise.all(
    Array.from({ length: partitions }, (_, partition) =>
      producer.send({
        topic,
        partition,
        records: Array.from({ length: count }, (__, n) => ({ key: 'k', value: String(n + from) })),
      }),
    ),
  )
}

/** `from` … `to` − 1 as text. */
export const numbers = (to: number, from = 0): string[] =>
  Array.from({ length: to - from }, (_, n) => String(n + from))

/** What the group has committed, by partition. */
export async function committed(
  brokers: string,
  group: string,
  topic: string,
): Promise<(bigint | undefined)[]> {
  await using admin = await openReadOnlyAdmin(plainConnection(brokers))
  return (await admin.committedOffsets(group, topic)).map(({ offset }) => offset)
}
