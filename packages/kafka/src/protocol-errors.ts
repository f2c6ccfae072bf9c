/** What a broker's error code means to the user: one row per code that an app of this project can meet. */

import { type KafkaErrorCode } from './errors.ts'

export type ProtocolErrorMeaning = {
  readonly code: KafkaErrorCode
  /** Continues "could not <do it>: ". */
  readonly because: string
  /** What to do about it; a whole clause. */
  readonly remedy: string
  /** The same request may succeed later without anybody changing anything. */
  readonly canRetry?: boolean
}

const transient = (because: string): ProtocolErrorMeaning => ({
  code: 'UNREACHABLE',
  because,
  remedy: 'try again, and look at the brokers if it stays',
  canRetry: true,
})

/**
 * By the names kafkajs gives to the codes of https://kafka.apache.org/protocol#protocol_error_codes. The four of authorization are
 * in `denials.ts`, a login that is not offered in `connection-errors.ts`.
 */
export const protocolErrors: Readonly<Record<string, ProtocolErrorMeaning>> = {
  OFFSET_OUT_OF_RANGE: {
    code: 'OFFSET_OUT_OF_RANGE',
    because: 'the offset is not in the log: retention deleted it, or the topic was made anew',
    remedy: "decide where to go on, and set the group's offset to that",
  },
  CORRUPT_MESSAGE: {
    code: 'CORRUPT_DATA',
    because: 'the broker found a damaged batch',
    remedy: 'try again, and look at the network and the disks if it stays',
    canRetry: true,
  },
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 'UNKNOWN_TOPIC',
    because: 'there is no such topic or partition',
    remedy: 'create it first, or correct its name',
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 'INVALID_TOPIC',
    because: 'the topic name is not allowed',
    remedy: 'use 1 to 249 letters, digits, dots, underscores and hyphens',
  },
  TOPIC_ALREADY_EXISTS: {
    code: 'TOPIC_EXISTS',
    because: 'the topic exists already',
    remedy: 'choose another name, or alter the topic',
  },
  INVALID_PARTITIONS: {
    code: 'INVALID_PARTITIONS',
    because: 'the partition count is not possible',
    remedy: 'give at least 1, and more than the topic has now: partitions are never taken away',
  },
  INVALID_REPLICATION_FACTOR: {
    code: 'INVALID_REPLICATION',
    because: 'the replication factor is not possible',
    remedy: 'give at least 1 and at most the number of brokers',
  },
  INVALID_REPLICA_ASSIGNMENT: {
    code: 'INVALID_REPLICATION',
    because: 'the replica assignment is not possible',
    remedy: 'name existing brokers, each once per partition, the same number for every partition',
  },
  INVALID_CONFIG: {
    code: 'INVALID_CONFIG',
    because: 'the broker does not take this configuration',
    remedy: "check each name and value against Kafka's topic configuration",
  },
  POLICY_VIOLATION: {
    code: 'POLICY_VIOLATION',
    because: 'a policy of the cluster forbids it',
    remedy: "ask the cluster's owner what is allowed",
  },
  TOPIC_DELETION_DISABLED: {
    code: 'POLICY_VIOLATION',
    because: 'the brokers do not delete topics',
    remedy: 'set delete.topic.enable=true on the brokers',
  },
  REASSIGNMENT_IN_PROGRESS: {
    ...transient('partitions are being moved between brokers'),
    code: 'FAILED',
  },
  MESSAGE_TOO_LARGE: {
    code: 'MESSAGE_TOO_LARGE',
    because: 'the batch is larger than the topic takes',
    remedy: "send fewer records at once, or raise the topic's max.message.bytes",
  },
  RECORD_LIST_TOO_LARGE: {
    code: 'MESSAGE_TOO_LARGE',
    because: 'the batch is larger than a segment of the topic',
    remedy: "send fewer records at once, or raise the topic's segment.bytes",
  },
  INVALID_RECORD: {
    code: 'INVALID_REQUEST',
    because: 'the broker does not take the record (a compacted topic needs keys)',
    remedy: "check the topic's cleanup.policy and the record",
  },
  INVALID_TIMESTAMP: {
    code: 'INVALID_REQUEST',
    because: 'the timestamp of a record is out of the range that the topic takes',
    remedy: "check the clock, and the topic's message.timestamp.before.max.ms and .after.max.ms",
  },
  NOT_ENOUGH_REPLICAS: {
    code: 'NOT_ENOUGH_REPLICAS',
    because: 'fewer replicas are in sync than min.insync.replicas asks for',
    remedy: 'bring the missing brokers back',
    canRetry: true,
  },
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: {
    code: 'NOT_ENOUGH_REPLICAS',
    because: 'too few replicas confirmed the batch',
    remedy: 'bring the missing brokers back',
    canRetry: true,
  },
  OUT_OF_ORDER_SEQUENCE_NUMBER: {
    code: 'FENCED',
    because: 'the broker has not seen the batch before this one',
    remedy: 'send it again: a new producer is used',
    canRetry: true,
  },
  UNKNOWN_PRODUCER_ID: {
    code: 'FENCED',
    because: 'the broker has forgotten this producer',
    remedy: 'send it again: a new producer is used',
    canRetry: true,
  },
  INVALID_PRODUCER_EPOCH: {
    code: 'FENCED',
    because: 'a newer producer with the same transactional id took over',
    remedy: 'run one producer per transactional id',
  },
  FENCED_INSTANCE_ID: {
    code: 'FENCED',
    because: 'another member with the same instance id took over',
    remedy: 'give every consumer its own instance id',
  },
  SASL_AUTHENTICATION_FAILED: {
    code: 'AUTHENTICATION_FAILED',
    because: 'the broker refused the login',
    remedy: 'check the user name, the password and --auth',
  },
  ILLEGAL_SASL_STATE: {
    code: 'AUTHENTICATION_FAILED',
    because: 'the broker does not expect a login on this port',
    remedy: "use --auth none, or the broker's SASL port",
  },
  SECURITY_DISABLED: {
    code: 'AUTHORIZATION_FAILED',
    because: 'the cluster has no authorizer',
    remedy: 'nothing needs to be granted there',
  },
  INVALID_GROUP_ID: {
    code: 'INVALID_REQUEST',
    because: 'the group id is not allowed',
    remedy: 'give a group id that is not empty',
  },
  INVALID_SESSION_TIMEOUT: {
    code: 'INVALID_REQUEST',
    because: 'the session timeout is out of the range that the brokers take',
    remedy: 'give one between group.min.session.timeout.ms and group.max.session.timeout.ms',
  },
  INCONSISTENT_GROUP_PROTOCOL: {
    code: 'INVALID_REQUEST',
    because: 'the group has members that share out partitions in another way',
    remedy: 'use a group of its own for this consumer',
  },
  GROUP_MAX_SIZE_REACHED: {
    code: 'INVALID_REQUEST',
    because: 'the group is full',
    remedy: 'start fewer consumers',
  },
  NON_EMPTY_GROUP: {
    code: 'INVALID_REQUEST',
    because: 'the group has running members',
    remedy: 'stop its consumers first',
  },
  GROUP_ID_NOT_FOUND: {
    code: 'INVALID_REQUEST',
    because: 'there is no such group',
    remedy: 'correct its name',
  },
  UNSUPPORTED_VERSION: {
    code: 'UNSUPPORTED',
    because: 'the broker does not speak a version of the request that this client speaks',
    remedy: 'use brokers of Kafka 2.1 or later that keep the older versions',
  },
  UNSUPPORTED_COMPRESSION_TYPE: {
    code: 'UNSUPPORTED',
    because: 'the broker does not know this compression',
    remedy: 'choose another --compression',
  },
  INVALID_REQUEST: {
    code: 'INVALID_REQUEST',
    because: 'the broker finds the request wrong',
    remedy: 'check the arguments',
  },
  REQUEST_TIMED_OUT: {
    code: 'TIMED_OUT',
    because: 'the broker did not finish in time',
    remedy: 'try again, and look at the brokers if it stays',
    canRetry: true,
  },
  LEADER_NOT_AVAILABLE: transient('a partition has no leader at the moment'),
  NOT_LEADER_FOR_PARTITION: transient('the partition moves to another broker at the moment'),
  REPLICA_NOT_AVAILABLE: transient('a replica is not available at the moment'),
  BROKER_NOT_AVAILABLE: transient('the broker is not available at the moment'),
  KAFKA_STORAGE_ERROR: transient('the broker cannot use its disk'),
  NETWORK_EXCEPTION: transient('the broker lost a connection'),
  NOT_CONTROLLER: transient('the cluster chooses a new controller at the moment'),
  GROUP_COORDINATOR_NOT_AVAILABLE: transient("the group's coordinator is not available at the moment"),
  GROUP_LOAD_IN_PROGRESS: transient("the group's coordinator is still loading"),
  NOT_COORDINATOR_FOR_GROUP: transient('the group moves to another coordinator at the moment'),
  REBALANCE_IN_PROGRESS: transient('the group is rebalancing'),
  ILLEGAL_GENERATION: transient('the group has rebalanced'),
  UNKNOWN_MEMBER_ID: transient('the group no longer knows this member'),
}
