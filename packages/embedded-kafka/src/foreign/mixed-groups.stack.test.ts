import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { type Outcome, mustRun, runProgram } from '@pinpipe/local-stack/run-program'
import { expect } from 'vitest'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets } from './testing/broker-view.ts'
import { javaTest } from './testing/java-test.ts'
import { until } from './testing/until.ts'

const partitions = 4
const values = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n))
const lines = ({ stdout }: Outcome): readonly string[] => stdout.trim().split('\n')

javaTest.for(['4.1', '2.8.1'] as const)(
  'kcat and the Java consumer %s share the partitions of one group',
  async (version) => {
    await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions }], brokers: 3 })
    const { bootstrapServers } = broker
    const half = ['--max-messages', '100', '--timeout-ms', '30000']
    const args = ['--bootstrap-server', bootstrapServers, '--topic', 'a.pin', '--group', 'readers', ...half]
    const byJava = runJavaTool('kafka-console-consumer', [...args, '--from-beginning'], { version })
    const settings = ['auto.offset.reset=earliest', 'heartbeat.interval.ms=100'].flatMap((one) => ['-X', one])
    const kcat = ['-b', bootstrapServers, '-q', '-c', '100', ...settings, '-G', 'readers', 'a.pin']
    const byKcat = runProgram('kcat', kcat, { timeoutMs: 30_000 })
    await until('both are members', () => {
      const group = broker.group('readers')
      return group?.state === 'Stable' && group.memberIds.length === 2
    })

    const shown = await Promise.all([
      groups(bootstrapServers, version, '--describe', '--group', 'readers'),
      groups(bootstrapServers, version, '--describe', '--group', 'readers', '--members'),
      groups(bootstrapServers, version, '--list'),
    ])
    expect(shown[0].map(({ length }) => length)).toEqual(Array.from({ length: partitions }, () => 9))
    expect(shown[2]).toEqual([['readers']])
    const clients = shown[1].map((row) => row.slice(-2).join(' ')).toSorted()
    expect(clients).toEqual([expect.stringMatching(/^(console-consumer|consumer-readers-1) 2$/), 'rdkafka 2'])

    for (let partition = 0; partition < partitions; partition++) {
      const input = values(200)
        .filter((value) => Number(value) % partitions === partition)
        .join('\n')
      await mustRun('kcat', ['-b', bootstrapServers, '-P', '-t', 'a.pin', '-p', String(partition)], { input })
    }
    const read = (await Promise.all([byJava, byKcat])).map(lines)
    expect(read.map(({ length }) => length)).toEqual([100, 100])
    expect(new Set(read.flat())).toEqual(new Set(values(200)))
    expect(broker.group('readers')).toMatchObject({ state: 'Empty' })
    expect(await committedOffsets(broker, 'readers', 'a.pin', partitions)).toEqual([50n, 50n, 50n, 50n])
  },
)

/** What `kafka-consumer-groups` prints, cut into rows and cells; without the heads of its tables. */
async function groups(servers: string, version: '4.1' | '2.8.1', ...args: string[]) {
  const all = ['--bootstrap-server', servers, ...args]
  const { stdout } = await runJavaTool('kafka-consumer-groups', all, { version })
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
  return rows.filter(([first]) => first !== 'GROUP')
}
