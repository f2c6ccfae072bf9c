/** What tests with a broker share: a topic of their own, a way to wait. */

import { setTimeout as sleep } from 'node:timers/promises'
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
