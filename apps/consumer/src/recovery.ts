/**
 * Recovery, at each assignment of a partition and whenever a claim was lost: asks the chain and the log where to go on, begins
 * a chain that is not there, and makes a gap a link where the operator wants that. Nothing of it depends on a commit (R6).
 */
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Chains } from './chain/chains.ts'
import { PartitionHalt } from './chain/halt.ts'
import type { GapLink } from './chain/link.ts'
import type { ChainView, PartitionChain } from './chain/partition-chain.ts'
import { resumeOf, type Log, type Resume } from './chain/resume.ts'
import type { Clock } from './clock.ts'
import type { LaneStart } from './lane.ts'
import { startOf, type StartPolicy } from './start-policy.ts'

export type Recovered =
  | {
      readonly kind: 'go-on'
      readonly chain: PartitionChain
      /** Where the next range starts. */
      readonly frontier: bigint
      /** Where to read on. */
      readonly readFrom: bigint
      readonly start: LaneStart
    }
  /** The partition has to wait for somebody's decision. */
  | { readonly kind: 'halt'; readonly halt: PartitionHalt }

export type RecoveryOptions = {
  readonly chains: Chains
  readonly positions: Pick<ReadOnlyAdmin, 'committedOffsets' | 'offsetsAt'>
  readonly group: string
  readonly startPolicy: StartPolicy
  /** Offsets that were deleted before they were stored: halt, or give them up in a link. */
  readonly onSourceGap: 'halt' | 'record'
  readonly clock: Clock
}

export class Recovery {
  readonly #options: RecoveryOptions

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Rejects with the store's Failure or a KafkaError; what is wrong with the partition itself is a `halt`. */
  async recover(at: TopicPartition, log: Log): Promise<Recovered> {
    try {
      return await this.#recover(at, log)
    } catch (error) {
      if (error instanceof PartitionHalt) return { kind: 'halt', halt: error }
      throw error
    }
  }

  async #recover(at: TopicPartition, log: Log): Promise<Recovered> {
    const { chains, onSourceGap } = this.#options
    for (;;) {
      const opened = await chains.open(at)
      // failpoint: chain-opened
      const { chain } = opened
      const view = opened.view ?? (await this.#begin(at, chain, log))
      const resume = resumeOf(at, view, log)
      if (resume.kind !== 'gap') return await this.#recovered(chain, view, log, resume)
      if (onSourceGap === 'halt') throw resume.halt
      const gap = this.#gap(chain, view, resume)
      // Lost or won: the chain says where to go on.
      await (resume.abandons ? chain.abandon(gap) : chain.claim(gap))
      // failpoint: gap-claimed
    }
  }

  async #begin(at: TopicPartition, chain: PartitionChain, log: Log): Promise<ChainView> {
    const { chains, positions, group, startPolicy, clock } = this.#options
    // A later epoch is another topic: what was committed, or a wish to begin at its end, was about the first one.
    const policy: StartPolicy = chain.place.epoch === 0 ? startPolicy : { kind: 'earliest' }
    const first = await startOf(policy, at, log, { positions, group })
    // failpoint: before-genesis
    const view = await chain.begin({
      version: 1,
      kind: 'genesis',
      ...chain.place,
      topicId: log.topicId,
      ...first,
      nonce: chains.nonce,
      createdAt: clock.wallMs(),
    })
    // failpoint: genesis
    return view
  }

  async #recovered(
    chain: PartitionChain,
    { tail, topicId: known }: ChainView,
    log: Log,
    resume: Exclude<Resume, { readonly kind: 'gap' }>,
  ): Promise<Recovered> {
    if (resume.kind === 'halt') return resume
    const { readFrom } = resume
    const topicId = log.topicId ?? known
    if (resume.kind === 'finish') {
      const encoding = await this.#options.chains.encodingOf(resume.claimed.config)
      // failpoint: unfinished-found
      const start = { topicId, claimed: { link: resume.claimed, encoding } }
      return { kind: 'go-on', chain, frontier: readFrom, readFrom, start }
    }
    const start = { topicId, ...(tail && { tail }), isTailInLog: resume.kind === 'prove' }
    return { kind: 'go-on', chain, frontier: resume.frontier, readFrom, start }
  }

  #gap(
    chain: PartitionChain,
    view: ChainView,
    { start, end }: { readonly start: bigint; readonly end: bigint },
  ): GapLink {
    const { chains, clock } = this.#options
    return {
      version: 1,
      kind: 'gap',
      ...chain.place,
      start,
      end,
      topicId: view.topicId,
      nonce: chains.nonce,
      plannedAt: clock.wallMs(),
      ...(view.tail && { tail: view.tail }),
      reason: 'deleted from the log before it was stored',
      who: `--on-source-gap record, ${chains.nonce}`,
    }
  }
}
