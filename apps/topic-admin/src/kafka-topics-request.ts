/**
 * From the options of `kafka-topics.sh` to one request, with the checks of Kafka's TopicCommand in its order and in its words.
 * Pure: nothing here knows a cluster.
 */
import {
  javaInt,
  type KafkaTopicsOptions,
  KafkaTopicsUsage,
  kafkaTopicsOptions,
  TopicCommandError,
} from './kafka-topics-options.ts'

type KafkaTopicsAction = 'list' | 'describe' | 'create' | 'alter' | 'delete'

const actions: readonly KafkaTopicsAction[] = ['create', 'list', 'alter', 'describe', 'delete']

/** Which partitions `--describe` shows; without a report, all of them. */
export type PartitionReport = 'under-replicated' | 'unavailable' | 'under-min-isr' | 'at-min-isr'

const reports: readonly PartitionReport[] = ['under-replicated', 'unavailable', 'under-min-isr', 'at-min-isr']

export type KafkaTopicsRequest = {
  readonly action: KafkaTopicsAction
  readonly bootstrapServer?: string
  readonly commandConfig?: string
  /** A name with `create`, otherwise a regular expression. */
  readonly topic?: string
  readonly topicId?: string
  readonly partitions?: number
  readonly replicationFactor?: number
  /** Brokers of each partition, the preferred leader first. */
  readonly replicaAssignment?: readonly (readonly number[])[]
  readonly configs: Readonly<Record<string, string>>
  readonly ifExists: boolean
  readonly ifNotExists: boolean
  readonly excludeInternal: boolean
  readonly reports: ReadonlySet<PartitionReport>
  readonly overridesOnly: boolean
  /** Lines for stderr that stop nothing. */
  readonly warnings: readonly string[]
  /** Lines for stdout, before anything else. */
  readonly notes: readonly string[]
}

const noTopicConfigs = ' (To alter topic configurations, the kafka-configs tool can be used.)'

/**
 * Checks the options and reads their values.
 * @param hasBrokers are brokers known from somewhere else: then `--bootstrap-server` may be absent
 * @throws KafkaTopicsUsage for what the Java tool says on stderr, TopicCommandError for what it says on stdout
 */
export function kafkaTopicsRequest(options: KafkaTopicsOptions, hasBrokers: boolean): KafkaTopicsRequest {
  if (options.has('help'))
    throw new KafkaTopicsUsage(usage('This tool helps to create, delete, describe, or change a topic.'))
  const action = checkedAction(options)
  if (!options.has('bootstrap-server') && !hasBrokers)
    throw new KafkaTopicsUsage('--bootstrap-server must be specified')
  checkRequired(options, action)
  checkConflicts(options, action)
  return {
    ...requestValues(options, action),
    action,
    ifExists: options.has('if-exists'),
    ifNotExists: options.has('if-not-exists'),
    excludeInternal: options.has('exclude-internal'),
    reports: new Set(reports.filter((report) => options.has(`${report}-partitions`))),
    overridesOnly: options.has('topics-with-overrides'),
    warnings: options.has('delete-config')
      ? [
          'delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.',
        ]
      : [],
    notes:
      action === 'describe' && options.has('if-exists') && options.has('topic') && options.has('topic-id')
        ? [
            'Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID',
          ]
        : [],
  }
}

function checkedAction(options: KafkaTopicsOptions): KafkaTopicsAction {
  const asked = actions.filter((action) => options.has(action))
  const [action] = asked
  if (action === undefined || asked.length > 1) {
    throw new KafkaTopicsUsage(
      usage('Command must include exactly one action: --list, --describe, --create, --alter or --delete'),
    )
  }
  return action
}

function checkRequired(options: KafkaTopicsOptions, action: KafkaTopicsAction): void {
  const needs = (name: string): void => {
    if (!options.has(name)) throw new KafkaTopicsUsage(usage(`Missing required argument "[${name}]"`))
  }
  if (
    action === 'describe' &&
    options.has('if-exists') &&
    !options.has('topic') &&
    !options.has('topic-id')
  ) {
    throw new KafkaTopicsUsage(usage('--topic or --topic-id is required to describe a topic'))
  }
  if (action !== 'list' && action !== 'describe') needs('topic')
  if (action === 'alter') {
    if (options.has('config')) {
      throw new KafkaTopicsUsage(
        usage(
          `Option combination "[[bootstrap-server], [config]]" can't be used with option "[alter]"${noTopicConfigs}`,
        ),
      )
    }
    needs('partitions')
  }
}

/** Option → the actions it goes with. */
const goesWith: Readonly<Record<string, readonly KafkaTopicsAction[]>> = {
  config: ['alter', 'create'],
  partitions: ['alter', 'create'],
  'replication-factor': ['create'],
  'replica-assignment': ['alter', 'create'],
  'under-replicated-partitions': ['describe'],
  'under-min-isr-partitions': ['describe'],
  'at-min-isr-partitions': ['describe'],
  'unavailable-partitions': ['describe'],
  'topics-with-overrides': ['describe'],
  'if-exists': ['alter', 'delete', 'describe'],
  'if-not-exists': ['create'],
  'exclude-internal': ['list', 'describe'],
}

function checkConflicts(options: KafkaTopicsOptions, action: KafkaTopicsAction): void {
  for (const [option, allowed] of Object.entries(goesWith)) {
    if (options.has(option) && !allowed.includes(action)) throw conflict(option, action)
  }
  if (action === 'create' && options.has('replica-assignment')) {
    for (const other of ['partitions', 'replication-factor']) {
      if (options.has(other)) throw conflict('replica-assignment', other)
    }
  }
  for (const report of reports) {
    if (options.has(`${report}-partitions`) && options.has('topics-with-overrides')) {
      throw conflict(`${report}-partitions`, 'topics-with-overrides')
    }
  }
}

function conflict(one: string, other: string): KafkaTopicsUsage {
  return new KafkaTopicsUsage(usage(`Option "[${one}]" can't be used with option "[${other}]"`))
}

/** Only what the action looks at is read, so that only that can be wrong. */
function requestValues(options: KafkaTopicsOptions, action: KafkaTopicsAction) {
  const changes = action === 'create' || action === 'alter'
  const text = (name: string): string | undefined => options.text(name)
  const commandConfig = text('command-config')
  const bootstrapServer = text('bootstrap-server')
  const topicId = action === 'describe' ? checkedTopicId(text('topic-id')) : undefined
  const topic = text('topic')
  const partitions = changes ? options.int('partitions') : undefined
  const replicationFactor = changes ? options.int('replication-factor') : undefined
  const assignment = changes ? replicaAssignment(text('replica-assignment')) : undefined
  return {
    ...(commandConfig === undefined ? {} : { commandConfig }),
    ...(bootstrapServer === undefined ? {} : { bootstrapServer }),
    ...(topicId === undefined ? {} : { topicId }),
    ...(topic === undefined ? {} : { topic }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(assignment === undefined ? {} : { replicaAssignment: assignment }),
    configs: changes ? topicConfigs(options.all('config')) : {},
  }
}

/**
 * `0:1,1:2`: partitions by comma, brokers by colon. Java's `split` drops empty pieces at the end, and so does this.
 * @throws TopicCommandError
 */
function replicaAssignment(text: string | undefined): readonly (readonly number[])[] | undefined {
  if (text === undefined || text === '') return undefined
  const assignment: number[][] = []
  for (const partition of javaSplit(text, ',')) {
    const brokers = javaSplit(partition, ':').map((piece) => {
      const broker = javaInt(piece.trim())
      if (broker === undefined) throw new TopicCommandError(`For input string: "${piece.trim()}"`)
      return broker
    })
    const repeated = [...new Set(brokers.filter((broker, at) => brokers.indexOf(broker) !== at))]
    if (repeated.length > 0) {
      throw new TopicCommandError(
        `Partition replica lists may not contain duplicate entries: ${repeated.join(',')}`,
      )
    }
    assignment.push(brokers)
    if (brokers.length !== assignment[0]?.length) {
      throw new TopicCommandError(
        `Partition ${assignment.length - 1} has different replication factor: [${brokers.join(', ')}]`,
      )
    }
  }
  return assignment.length === 0 ? undefined : assignment
}

function topicConfigs(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.map((text) => javaSplit(text, /\s*=\s*/))
  if (!pairs.every((pair) => pair.length === 2)) {
    throw new TopicCommandError(
      'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
    )
  }
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()]))
}

function javaSplit(text: string, separator: string | RegExp): string[] {
  const pieces = text.split(separator)
  if (pieces.length === 1) return pieces
  while (pieces.at(-1) === '') pieces.pop()
  return pieces
}

/** `Uuid.fromString`: 16 bytes in base64url. The id of zeros means "by name". */
function checkedTopicId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!/^[A-Za-z0-9_-]{22}$/.test(text)) {
    throw new TopicCommandError(
      `Input string \`${text}\` is not a topic id: 22 characters of base64url were expected`,
    )
  }
  return text === 'A'.repeat(22) ? undefined : text
}

function usage(message: string): string {
  const names = kafkaTopicsOptions.map((name) => `--${name}`)
  return `${message}\nOptions: ${names.join(' ')}`
}
