/** An independent reader. */

import { runJavaTool } from '@pinpipe/local-stack/java-tools'

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
