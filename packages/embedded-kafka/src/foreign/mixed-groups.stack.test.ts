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

const strategyOf = (name: string): string => `partition.assignment.strategy=${name}`

javaTest.for([
  // By a cooperative rebalance a member gives up partitions in one generation, and another gets them in the next.
  {
    version: '4.1',
    assignor: 'cooperative-sticky',
    javaAssignor: 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
    generation: 3,
  },
  {
    version: '2.8.1',
    assignor: 'range',
    javaAssignor: 'org.apache.kafka.clients.consumer.RangeAssignor',
    generation: 2,
  },
] as const)(
  'kcat and the Java consumer $version share the partitions of one group by $assignor',
  async ({ version, assignor, javaAssignor, generation }) => {
    await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions }], brokers: 3 })
    const { bootstrapServers } = broker
    const settings = ['auto.offset.reset=earliest', 'heartbeat.interval.ms=100', strategyOf(assignor)]
    const reading = ['-q', '-c', '100', ...settings.flatMap((one) => ['-X', one]), '-G', 'readers', 'a.pin']
    const byKcat = runProgram('kcat', ['-b', bootstrapServers, ...reading], { timeoutMs: 30_000 })
    await until('kcat is a member', () => broker.group('readers')?.state === 'Stable')
    const target = ['--bootstrap-server', bootstrapServers, '--topic', 'a.pin', '--group', 'readers']
    const property = ['--consumer-property', strategyOf(javaAssignor)]
    const half = ['--from-beginning', '--max-messages', '100', '--timeout-ms', '30000']
    const byJava = runJavaTool('kafka-console-consumer', [...target, ...property, ...half], { version })
    await until('both are members', () => {
      const { state, generationId = 0, memberIds = [] } = broker.group('readers') ?? {}
      return state === 'Stable' && memberIds.length === 2 && generationId >= generation
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
