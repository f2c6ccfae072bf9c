/** Topics of the test cluster, made and read with another client than the apps' own: the Java tools and kcat. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openAdmin } from '@pinpipe/kafka/admin'

const run = promisify(execFile)

/** Creates topics of so many partitions and waits until the broker shows them. */
export async function createTopics(
  brokers: string,
  topics: readonly string[],
  partitions: number,
): Promise<void> {
  await using admin = await openAdmin({ clientId: 'e2e', brokers: brokers.split(','), tls: false })
  await admin.createTopics(topics.map((topic) => ({ topic, partitions, replicationFactor: 1 })))
}

export type LogRecord = {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
  readonly headers: string
}

/** Every record of a topic, read by kcat (librdkafka) from the start to the end of each partition. */
export async function readTopic(brokers: string, topic: string): Promise<readonly LogRecord[]> {
  const separator = '\u001f'
  const format = ['%p', '%o', '%k', '%h', '%s'].join(separator) + '\n'
  const { stdout } = await run(
    'kcat',
    ['-C', '-b', brokers, '-t', topic, '-o', 'beginning', '-e', '-q', '-f', format],
    {
      maxBuffer: 1 << 30,
    },
  )
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [partition = '', offset = '', key = '', headers = '', ...value] = line.split(separator)
      return {
        partition: Number(partition),
        offset: Number(offset),
        key,
        headers,
        value: value.join(separator),
      }
    })
}
