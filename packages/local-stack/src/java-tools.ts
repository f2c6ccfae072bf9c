// Apache Kafka's own command line tools: the independent reader and writer of our tests.
import { join } from 'node:path'
import { type KafkaVersion, fetchJars } from './maven-jars.ts'
import { type Outcome, type RunOptions, runProgram } from './run-program.ts'

export type JavaTool =
  | 'kafka-topics'
  | 'kafka-configs'
  | 'kafka-acls'
  | 'kafka-console-producer'
  | 'kafka-console-consumer'
  | 'kafka-consumer-groups'
  | 'kafka-get-offsets'
  | 'kafka-delete-records'
  | 'kafka-verifiable-producer'
  | 'kafka-verifiable-consumer'
  | 'kafka-producer-perf-test'
  | 'kafka-consumer-perf-test'
  | 'kafka-dump-log'

const classes: Readonly<Record<JavaTool, Readonly<Record<KafkaVersion, string>>>> = {
  'kafka-topics': { '4.1': 'org.apache.kafka.tools.TopicCommand', '2.8.1': 'kafka.admin.TopicCommand' },
  'kafka-configs': { '4.1': 'kafka.admin.ConfigCommand', '2.8.1': 'kafka.admin.ConfigCommand' },
  'kafka-acls': { '4.1': 'org.apache.kafka.tools.AclCommand', '2.8.1': 'kafka.admin.AclCommand' },
  'kafka-console-producer': {
    '4.1': 'org.apache.kafka.tools.ConsoleProducer',
    '2.8.1': 'kafka.tools.ConsoleProducer',
  },
  'kafka-console-consumer': {
    '4.1': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
    '2.8.1': 'kafka.tools.ConsoleConsumer',
  },
  'kafka-consumer-groups': {
    '4.1': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    '2.8.1': 'kafka.admin.ConsumerGroupCommand',
  },
  'kafka-get-offsets': {
    '4.1': 'org.apache.kafka.tools.GetOffsetShell',
    '2.8.1': 'kafka.tools.GetOffsetShell',
  },
  'kafka-delete-records': {
    '4.1': 'org.apache.kafka.tools.DeleteRecordsCommand',
    '2.8.1': 'kafka.admin.DeleteRecordsCommand',
  },
  'kafka-verifiable-producer': {
    '4.1': 'org.apache.kafka.tools.VerifiableProducer',
    '2.8.1': 'org.apache.kafka.tools.VerifiableProducer',
  },
  'kafka-verifiable-consumer': {
    '4.1': 'org.apache.kafka.tools.VerifiableConsumer',
    '2.8.1': 'org.apache.kafka.tools.VerifiableConsumer',
  },
  'kafka-producer-perf-test': {
    '4.1': 'org.apache.kafka.tools.ProducerPerformance',
    '2.8.1': 'org.apache.kafka.tools.ProducerPerformance',
  },
  'kafka-consumer-perf-test': {
    '4.1': 'org.apache.kafka.tools.ConsumerPerformance',
    '2.8.1': 'kafka.tools.ConsumerPerformance',
  },
  'kafka-dump-log': {
    '4.1': 'org.apache.kafka.tools.DumpLogSegments',
    '2.8.1': 'kafka.tools.DumpLogSegments',
  },
}

// A short-lived JVM: no time for the optimising compiler, no need for a parallel collector.
export const shortJvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/** JVM arguments that put a version's jars on the class path; a server logs to stdout, a tool its warnings to stderr. */
export async function javaArguments(
  version: KafkaVersion,
  kind: 'server' | 'tool',
): Promise<readonly string[]> {
  const folder = await fetchJars(version)
  const log =
    version === '4.1'
      ? `-Dlog4j2.configurationFile=${join(folder, `log4j2-${kind}.xml`)}`
      : '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
  return ['-cp', join(folder, '*'), log]
}

/**
 * Runs one of Kafka's command line tools to its end, with the arguments of its shell script.
 * @returns stdout, stderr and the exit code; a tool that fails is no exception
 */
export async function runJavaTool(
  tool: JavaTool,
  args: readonly string[],
  options: RunOptions & { version?: KafkaVersion } = {},
): Promise<Outcome> {
  const version = options.version ?? '4.1'
  const jvm = await javaArguments(version, 'tool')
  const run: RunOptions = { timeoutMs: 60_000, ...options }
  return await runProgram('java', [...shortJvm, ...jvm, classes[tool][version], ...args], run)
}
