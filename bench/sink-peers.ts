/** The sinks that `pnpm bench --sinks` measures: ours, and the ones it is compared with. Each is one command. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jarFolder } from '@pinpipe/local-stack/maven-jars'
import { type BenchStack } from './bench-stack.ts'
import { type Command } from './measure.ts'
import { type LoadedTopic } from './topic.ts'

/** One run of a sink: everything of it is new. */
type SinkRun = { readonly stack: BenchStack; readonly topic: LoadedTopic; readonly id: string }

export type Sink = {
  readonly name: string
  /** Runs until it is stopped; it is done when its group has committed everything. */
  readonly isDaemon?: boolean
  /** Rounds it is measured in at most: the slowest are not measured in each. */
  readonly rounds?: number
  /** What has to be there, made by peers/build.sh; missing: the sink is left out. */
  readonly needs?: string
  /** Where the data objects are in the bucket, which is named like the run. */
  readonly prefix?: string
  readonly command: (run: SinkRun) => Command | Promise<Command>
}

const objectRecords = 50_000

function environmentOf({ stack, topic, id }: SinkRun): Record<string, string> {
  return {
    ...stack.s3.env,
    AWS_DEFAULT_REGION: stack.s3.region,
    KAFKA_BROKERS: stack.kafka.bootstrapServers,
    TOPIC: topic.topic,
    GROUP: id,
    BUCKET: id,
    RECORDS: String(topic.records),
  }
}

function ours(name: string, compression: string, validate: string): Sink {
  return {
    name: `pinpipe, ${name}`,
    prefix: 'topics',
    command: ({ stack, topic, id }) => ({
      command: process.execPath,
      args: [
        stack.bundleOf('consumer'),
        `--topics=${topic.topic}`,
        `--group=${id}`,
        '--until-end=true',
        `--lake=s3://${id}`,
        `--compression=${compression}`,
        `--validate=${validate}`,
        `--max-records=${objectRecords}`,
      ],
      env: { ...stack.s3.env, KAFKA_BROKERS: stack.kafka.bootstrapServers },
    }),
  }
}

function kafkajsSink(compression: string): Sink {
  return {
    name: `40 lines of kafkajs, ${compression}`,
    command: (run) => ({
      command: process.execPath,
      args: [join(import.meta.dirname, 'peers', 'kafkajs-sink.ts')],
      env: { ...environmentOf(run), COMPRESSION: compression },
    }),
  }
}

function python(folder: string, name: string, gzipLevel: number, rounds: number): Sink {
  const needs = join(folder, 'venv', 'bin', 'python')
  return {
    name: `Python (confluent-kafka, boto3), ${name}`,
    rounds,
    needs,
    command: (run) => ({
      command: needs,
      args: [join(import.meta.dirname, 'peers', 'confluent_sink.py')],
      env: { ...environmentOf(run), GZIP_LEVEL: String(gzipLevel) },
    }),
  }
}

function redpandaConnect(folder: string, name: string, compress: readonly string[], rounds = 3): Sink {
  const needs = join(folder, 'redpanda-connect-mini')
  return {
    name: `Redpanda Connect, ${name}`,
    isDaemon: true,
    rounds,
    needs,
    async command(run) {
      const file = join(run.stack.work, `${run.id}.yaml`)
      await writeFile(file, redpandaYaml(run, compress))
      return { command: needs, args: ['run', file] }
    },
  }
}

function redpandaYaml({ stack, topic, id }: SinkRun, compress: readonly string[]): string {
  return `http: { enabled: false }
input:
  kafka_franz:
    seed_brokers: [ "${stack.kafka.bootstrapServers}" ]
    topics: [ "${topic.topic}" ]
    consumer_group: "${id}"
    start_offset: earliest
    checkpoint_limit: 200000
    fetch_max_partition_bytes: 8MiB
    commit_period: 1s
    batching: { count: ${objectRecords}, period: 10s }
pipeline:
  threads: -1
  processors:
    - archive: { format: lines }
${compress.map((processor) => `    - compress: ${processor}\n`).join('')}output:
  aws_s3:
    bucket: "${id}"
    path: '\${! @kafka_topic }/\${! @kafka_partition }/\${! @kafka_offset }.json'
    region: ${stack.s3.region}
    endpoint: "${stack.s3.endpoint}"
    force_path_style_urls: true
    max_in_flight: 8
    timeout: 30s
    credentials: { id: "${stack.s3.accessKeyId}", secret: "${stack.s3.secretAccessKey}" }
`
}

function kafkaConnect(folder: string, compression: 'none' | 'gzip'): Sink {
  const aiven = join(folder, 'aiven')
  return {
    name: `Kafka Connect, Aiven's S3 sink, ${compression}`,
    isDaemon: true,
    rounds: 1,
    needs: join(aiven, 'plugin', 'aiven-s3', 'aiven-s3-sink.jar'),
    async command(run) {
      const [worker, sink] = ['worker', 'sink'].map((part) => join(run.stack.work, `${run.id}.${part}`))
      await writeFile(worker ?? '', workerProperties(run, aiven))
      await writeFile(sink ?? '', sinkProperties(run, compression))
      const log = join(import.meta.dirname, 'peers', 'connect-log4j2.properties')
      const heap = ['-Xms256M', '-Xmx2G', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20']
      const path = `${join(jarFolder('4.1'), '*')}:${join(aiven, 'log', '*')}`
      const main = 'org.apache.kafka.connect.cli.ConnectStandalone'
      const args = [...heap, `-Dlog4j2.configurationFile=${log}`, '-cp', path, main, worker ?? '', sink ?? '']
      return { command: 'java', args }
    },
  }
}

function workerProperties({ stack, id }: SinkRun, aiven: string): string {
  return `bootstrap.servers=${stack.kafka.bootstrapServers}
key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
offset.storage.file.filename=${join(stack.work, `${id}.offsets`)}
offset.flush.interval.ms=5000
plugin.path=${join(aiven, 'plugin')}
plugin.discovery=service_load
listeners=http://127.0.0.1:0
consumer.auto.offset.reset=earliest
consumer.max.poll.records=5000
consumer.max.partition.fetch.bytes=8388608
consumer.fetch.min.bytes=1048576
consumer.fetch.max.wait.ms=100
`
}

/** Aiven's csv of the one field `value`, not encoded, is the raw bytes and a newline. */
function sinkProperties({ stack, topic, id }: SinkRun, compression: string): string {
  return `name=${id}
connector.class=io.aiven.kafka.connect.s3.AivenKafkaConnectS3SinkConnector
tasks.max=3
topics=${topic.topic}
aws.access.key.id=${stack.s3.accessKeyId}
aws.secret.access.key=${stack.s3.secretAccessKey}
aws.s3.bucket.name=${id}
aws.s3.endpoint=${stack.s3.endpoint}
aws.s3.region=${stack.s3.region}
file.name.template={{topic}}/{{partition}}/{{start_offset}}.json
file.max.records=${objectRecords}
file.compression.type=${compression}
format.output.type=csv
format.output.fields=value
format.output.fields.value.encoding=none
`
}

/** @param folder where peers/build.sh put the programs */
export function sinks(folder: string): readonly Sink[] {
  return [
    ours('none', 'none', 'none'),
    ours('none, --validate json', 'none', 'json'),
    ours('zstd 1', 'zstd', 'none'),
    ours('gzip 1', 'gzip', 'none'),
    redpandaConnect(folder, 'none', []),
    redpandaConnect(folder, 'gzip 1', ['{ algorithm: gzip, level: 1 }']),
    redpandaConnect(folder, 'gzip as it is', ['{ algorithm: gzip }'], 1),
    kafkajsSink('none'),
    kafkajsSink('zstd'),
    kafkajsSink('gzip'),
    python(folder, 'none', 0, 3),
    python(folder, 'gzip 6', 6, 1),
    kafkaConnect(folder, 'none'),
    kafkaConnect(folder, 'gzip'),
  ]
}
