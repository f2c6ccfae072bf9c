/**
 * The command behind the flags of `kafka-topics.sh`: stdout and the exit code are the Java tool's. The exit code is 1
 * for every failure, as it is there; what to do is a sentence on stderr.
 */
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { sentenceOf } from '@pinpipe/service/failure'
import { type ClusterAccess, openToWrite } from './cluster-access.ts'
import { KafkaTopicsOptions, KafkaTopicsUsage, TopicCommandError } from './kafka-topics-options.ts'
import { kafkaTopicsRequest } from './kafka-topics-request.ts'
import { runKafkaTopics } from './kafka-topics-work.ts'
import { isKafkaTopicsSpelling } from './kafka-topics-spelling.ts'
import { print } from './output.ts'

/** `topics --list`, `topics --create --topic x`, …; also `topics kafka-topics --list`. */
export function kafkaTopicsCommand(access: ClusterAccess) {
  return command({
    name: 'kafka-topics',
    summary: 'Take the flags of kafka-topics.sh, as they are (this word can be left out)',
    usage:
      'topics --bootstrap-server HOST:PORT [--command-config FILE] (--list | --describe | --create | --alter | --delete) [flags of kafka-topics.sh]',
    positionals: '[FLAGS OF kafka-topics.sh]',
    settings: kafkaSettings,
    examples: [
      'topics --bootstrap-server $B --command-config client.properties --create --topic 0af8d0adfd13.pin',
      'topics --bootstrap-server $B --command-config client.properties --list',
    ],
    async run(settings, context, positionals) {
      const options = new KafkaTopicsOptions(positionals)
      const request = kafkaTopicsRequest(options, settings.brokers !== undefined)
      for (const warning of request.warnings) await print(context.stderr, `${warning}\n`)
      const { bootstrapServer, commandConfig } = request
      const connected = {
        ...settings,
        ...(bootstrapServer === undefined ? {} : { brokers: brokerList(bootstrapServer) }),
        ...(commandConfig === undefined ? {} : { clientProperties: commandConfig }),
      }
      const admin = await openToWrite(access, connected, context)
      await runKafkaTopics(request, admin, async (text) => await print(context.stdout, text))
    },
  })
}

function brokerList(text: string): readonly string[] {
  return text
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '')
}

/** How a failure looks to somebody who typed the flags of `kafka-topics.sh`; `undefined` for everybody else. */
export function kafkaTopicsFailure(failure: {
  readonly error: unknown
  readonly sentence: string
  readonly argv: readonly string[]
}): { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string } | undefined {
  const { error, sentence, argv } = failure
  if (!isKafkaTopicsSpelling(argv)) return undefined
  if (error instanceof KafkaTopicsUsage) return { exitCode: 1, stderr: `${error.message}\n` }
  const stdout = `Error while executing topic command : ${sentence}\n`
  if (error instanceof TopicCommandError) {
    // The broker's refusal stands on stdout; what to do about it is what our own sentence adds.
    const advice = error.cause === undefined ? {} : adviceOf(error.cause)
    return { exitCode: 1, stdout, ...advice }
  }
  if (isUsage(error)) return { exitCode: 1, stderr: `topics: ${sentence}\n` }
  return { exitCode: 1, stdout, stderr: `topics: ${sentence}\n` }
}

function adviceOf(cause: unknown): { readonly stderr?: string } {
  return cause instanceof Error && 'exitCode' in cause ? { stderr: `topics: ${sentenceOf(cause)}\n` } : {}
}

function isUsage(error: unknown): boolean {
  return error instanceof Error && 'exitCode' in error && error.exitCode === 64
}
