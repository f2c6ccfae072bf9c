/** What can be asked about a cluster without changing it: dry runs get this port, which has no method that writes. */

export type TopicPartitionDescription = {
  readonly partition: number
  /** Node id of the leader, -1 when there is none. */
  readonly leader: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** Replicas on brokers or disks that are down. */
  readonly offline?: readonly number[]
  /** Eligible leader replicas (KIP-966); absent before Kafka 3.8. */
  readonly elr?: readonly number[]
  readonly lastKnownElr?: readonly number[]
}

export type TopicDescription = {
  readonly topic: string
  /** 22 characters, as the Java tools write it; absent before Kafka 2.8. */
  readonly topicId?: string
  readonly internal: boolean
  readonly partitions: readonly TopicPartitionDescription[]
}

export type ConfigEntry = {
  readonly name: string
  /** `null` for a sensitive value or none. */
  readonly value: string | null
  readonly source: 'topic' | 'broker' | 'default' | 'other'
  readonly sensitive: boolean
  readonly readOnly: boolean
}

export type ClusterDescription = {
  readonly clusterId: string
  readonly controllerId: number
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]
}

export type Watermarks = { readonly partition: number; readonly low: bigint; readonly high: bigint }
/** A partition's log: the watermarks, and the id of the topic it belongs to. */
export type PartitionLog = Watermarks & { readonly topic: string; readonly topicId: string | undefined }
export type CommittedOffset = {
  readonly partition: number
  /** `undefined` when the group has committed nothing for this partition. */
  readonly offset: bigint | undefined
}

/** Every method rejects with a KafkaError. */
export interface ReadOnlyAdmin extends AsyncDisposable {
  cluster(): Promise<ClusterDescription>
  /** Names, sorted; internal topics included. */
  listTopics(): Promise<readonly string[]>
  /** In the order asked for, partitions sorted, also those without a leader. Unknown topic: UNKNOWN_TOPIC. */
  describeTopics(topics: readonly string[]): Promise<readonly TopicDescription[]>
  topicConfigs(topics: readonly string[]): Promise<ReadonlyMap<string, readonly ConfigEntry[]>>
  /** Log start offset and high watermark of every partition. */
  watermarks(topic: string): Promise<readonly Watermarks[]>
  /** The same, with the topic's id: another id of the same name is another topic. */
  logs(topic: string): Promise<readonly PartitionLog[]>
  /** By partition: the first offset at or after the time (milliseconds since 1970), or the high watermark. */
  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>>
  /** What the group has committed for every partition of the topic; an error of a partition is an error (K16). */
  committedOffsets(group: string, topic: string): Promise<readonly CommittedOffset[]>
}
