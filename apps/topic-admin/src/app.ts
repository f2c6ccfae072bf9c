/** The app: its commands. A later command (plan, drift, export, groups, peek, doctor) is a file and a line here. */
import type { AnyCommand, App } from '@pinpipe/service/command'
import { alterCommand } from './alter.ts'
import { applyCommand } from './apply.ts'
import { type ClusterAccess, kafkaAccess } from './cluster-access.ts'
import { createCommand } from './create.ts'
import { deleteCommand } from './delete.ts'
import { describeCommand } from './describe.ts'
import { kafkaTopicsCommand, kafkaTopicsFailure } from './kafka-topics.ts'
import { withKafkaTopicsCommand } from './kafka-topics-spelling.ts'
import { listCommand } from './list.ts'

/** `topics`, on any cluster that `access` opens. */
export function topicsApp(version: string, access: ClusterAccess = kafkaAccess): App {
  return {
    name: 'topics',
    version,
    description: 'what should exist on a Kafka cluster',
    commands: topicsCommands(access),
    rewriteArgv: withKafkaTopicsCommand,
    onFailure: kafkaTopicsFailure,
  }
}

/** All commands, in the order of `--help`. */
export function topicsCommands(access: ClusterAccess = kafkaAccess): readonly AnyCommand[] {
  return [
    listCommand(access),
    describeCommand(access),
    createCommand(access),
    alterCommand(access),
    deleteCommand(access),
    applyCommand(access),
    kafkaTopicsCommand(access),
  ]
}
