/** Records that hurt sinks (F18), through the real consumer: no partition stops, nothing is lost, nothing is there twice. */
import { openProducer } from '@pinpipe/kafka/producer'
import type { OutgoingRecord } from '@pinpipe/kafka/record-producer'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { bytesOfLetter, storedValues, type Letter } from './testing/poison-lake.ts'
import {
  goodValue,
  hasTable,
  poisonFlags,
  poisonFormats,
  poisonRecord,
  poisons,
  type PoisonFormat,
} from './testing/poison.ts'
import { runConsumer, summaryIn } from './testing/run-consumer.ts'
import { makeTopic, objectsIn, type TestTopic } from './testing/stack.ts'
import { query } from './testing/stored-lake.ts'

/** Each poison record at an odd offset, a good one before it. */
const values = poisons.flatMap((poison, i) => [goodValue(2 * i), poison.value(2 * i + 1)])

describe('poison records', () => {
  for (const format of poisonFormats) {
    stackTest(`in format ${format}: good ones are stored, bad ones are dead letters`, async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const topic = await makeTopic(kafka.bootstrapServers, {
        topic: unique('poison') + (hasTable(format) ? '.geo' : ''),
      })
      await sendAll(topic)
      const argv = ['--brokers', kafka.bootstrapServers, '--topics', topic.topic, '--group', unique('g')]
      // Ranges of a few records: a poison record is the first, the last and the only one of its kind in some of them.
      const cut = ['--lake', `dir:${lake.path}`, '--until-end', '--max-records', '17']
      const ended = await runConsumer([...argv, ...cut, ...poisonFlags(format)])
      const stored = [...values.keys()].filter((offset) => outcomeAt(offset, format) === 'stored')
      const counts = { records: stored.length, rejected: values.length - stored.length, skipped: 0 }
      expect([ended.code, summaryIn(ended)]).toMatchObject([0, counts])

      const objects = [...(await objectsIn(lake.path))].toSorted(([a], [b]) => (a < b ? -1 : 1))
      const letters = objects
        .filter(([key]) => key.startsWith('dead/'))
        .flatMap(([, bytes]) => bytes.toString().trimEnd().split('\n'))
        .map((line) => JSON.parse(line) as Letter)
      expect(letters.map(({ offset, reason }) => [offset, reason])).toEqual(
        [...values.keys()].filter((i) => !stored.includes(i)).map((i) => [i, outcomeAt(i, format)]),
      )
      expect(letters.map((letter) => bytesOfLetter(letter).value)).toEqual(
        letters.map(({ offset }) => values[offset]),
      )
      const data = objects.filter(([key]) => key.startsWith('topics/'))
      if (format === 'parquet') {
        const found = await query(
          `select ind from '${lake.path}/topics/${topic.topic}/**/*.parquet' order by ind`,
        )
        expect(found.map(({ ind }) => ind)).toEqual(stored)
      } else {
        const found = data.flatMap(([, bytes]) => storedValues(format, bytes))
        expect(found).toHaveLength(stored.length)
        expect(found.map(({ value }) => compact(value))).toEqual(
          stored.map((offset) => compact(values[offset]!)),
        )
      }
    })
  }
})

function outcomeAt(offset: number, format: PoisonFormat) {
  return offset % 2 === 0 ? 'stored' : poisons[(offset - 1) / 2]!.outcomes[format]
}

/** Of the same JSON, whether it spans lines or not. */
function compact(value: string | Buffer | null): string {
  const text = value === null ? 'null' : value.toString('latin1')
  return Buffer.from(text, Buffer.isBuffer(value) ? 'latin1' : 'utf8')
    .toString()
    .replaceAll(/("(?:[^"\\]|\\.)*")|\s+/gs, '$1')
}

/** The producer's own type has text for keys; Kafka takes what is here. */
async function sendAll({ topic, connection }: TestTopic): Promise<void> {
  await using producer = await openProducer(connection)
  const records = values.map((value, offset) => {
    const poison = offset % 2 === 0 ? undefined : poisons[(offset - 1) / 2]
    const { key, headers } = poison === undefined ? { key: 'k', headers: [] } : poisonRecord(poison, offset)
    const byName = Map.groupBy(headers, ({ name }) => name)
    const all = Object.fromEntries([...byName].map(([name, same]) => [name, same.map((one) => one.value)]))
    return { key, value, headers: all } as unknown as OutgoingRecord
  })
  await producer.send({ topic, partition: 0, records })
}
