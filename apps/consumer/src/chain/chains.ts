/** The chains of a lake: one for each partition and epoch. Owns what all links of this run have in common. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Clock } from '../clock.ts'
import { encodingOf, type Encoding } from '../format/encoding.ts'
import { createDocument } from '../lake/create-document.ts'
import type { Store } from '../lake/store.ts'
import { epochsPrefix, settingsKey, type ChainPlace } from './chain-keys.ts'
import { foreignChain, PartitionHalt } from './halt.ts'
import { decodeOutputSettings, encodeOutputSettings } from './output-settings.ts'
import { isOtherTopic } from './resume.ts'
import { PartitionChain, type ChainView } from './partition-chain.ts'

export class Chains {
  /** Of this run's writer, in every link it makes. */
  readonly nonce = `${hostname()}-${randomUUID()}`
  readonly #store: Store
  readonly #clock: Clock
  /** Those that are known to be in the lake. */
  readonly #encodings = new Map<string, Encoding>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * The chain that the partition is in, and what it says: the latest epoch that has one, or the next when that was ended.
   * The view is undefined when it has not begun.
   */
  async open(
    at: TopicPartition,
  ): Promise<{ readonly chain: PartitionChain; readonly view: ChainView | undefined }> {
    const epochs = (await this.#store.folders(epochsPrefix(at.topic))).map(Number).toSorted((a, b) => b - a)
    for (const epoch of epochs) {
      const chain = this.#chainOf({ ...at, epoch })
      const view = await chain.look()
      if (view?.isEnded === true)
        return { chain: this.#chainOf({ ...at, epoch: epoch + 1 }), view: undefined }
      if (view !== undefined) return { chain, view }
    }
    return { chain: this.#chainOf({ ...at, epoch: epochs[0] ?? 0 }), view: undefined }
  }

  /**
   * Everything of the partition below this offset is stored; undefined without a chain, with one that cannot be read, and with
   * one of another topic than the one with this id.
   */
  async storedUpTo(at: TopicPartition, topicId?: string): Promise<bigint | undefined> {
    try {
      const { view } = await this.open(at)
      if (view === undefined || isOtherTopic(view.topicId, topicId)) return undefined
      return view.latest !== undefined && view.missing.length > 0 ? view.latest.start : view.frontier
    } catch (error) {
      if (error instanceof PartitionHalt) return undefined
      throw error
    }
  }

  #chainOf({ topic, partition, epoch }: ChainPlace): PartitionChain {
    return new PartitionChain({ topic, partition, epoch }, { store: this.#store, clock: this.#clock })
  }

  /** What decides names and bytes of a range is in the lake before its claim: whoever finishes it must find it. */
  async record(encoding: Encoding): Promise<void> {
    if (this.#encodings.has(encoding.id)) return
    await createDocument(this.#store, settingsKey(encoding.id), encodeOutputSettings(encoding.settings))
    this.#encodings.set(encoding.id, encoding)
  }

  /** The encoding of a link, whoever made it. Throws a PartitionHalt for settings of another version. */
  async encodingOf(id: string): Promise<Encoding> {
    const known = this.#encodings.get(id)
    if (known !== undefined) return known
    const key = settingsKey(id)
    const bytes = await this.#store.read(key)
    try {
      if (bytes === undefined) throw new Error('it is not there')
      const encoding = encodingOf(decodeOutputSettings(bytes))
      this.#encodings.set(id, encoding)
      return encoding
    } catch (error) {
      throw foreignChain(key, this.#store.name, error)
    }
  }
}
