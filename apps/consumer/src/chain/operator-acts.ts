/**
 * What an operator may do to a chain (rule R2): give offsets up, and begin a new epoch. Both are links, created like those of a
 * writer: a writer that is still at work loses the race for the place, looks, and goes on behind them.
 */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { Failure } from '@pinpipe/service/failure'
import type { Clock } from '../clock.ts'
import type { Chains } from './chains.ts'
import type { Log } from './resume.ts'

export type Act = {
  readonly chains: Chains
  readonly clock: Clock
  /** Both are kept in the link. */
  readonly reason: string
  readonly who: string
}

export type Skipped = { readonly start: bigint; readonly end: bigint }

/**
 * Gives up the offsets from the frontier up to `to`, exclusive. Throws a Failure when there is nothing to give up, or a claim
 * is not finished yet.
 */
export async function skipTo(at: TopicPartition, to: bigint, log: Log, act: Act): Promise<Skipped> {
  for (;;) {
    const { chain, view } = await act.chains.open(at)
    const named = `topic ${at.topic}, partition ${at.partition}`
    if (view === undefined)
      throw refused(`${named} has no chain in this lake yet: --start says where it begins`)
    if (to <= view.frontier)
      throw refused(`${named} is stored up to offset ${view.frontier - 1n} already: there is nothing to skip`)
    if (to > log.high)
      throw refused(`the log of ${named} ends at ${log.high}: nothing beyond it can be skipped`)
    if (view.missing.length > 0) {
      throw refused(`a claim of ${named} is not finished: let a consumer run until it is, then skip`)
    }
    const skipped = { start: view.frontier, end: to - 1n }
    const isOurs = await chain.claim({
      version: 1,
      kind: 'gap',
      ...chain.place,
      ...skipped,
      topicId: view.topicId,
      nonce: act.chains.nonce,
      plannedAt: act.clock.wallMs(),
      ...(view.tail && { tail: view.tail }),
      reason: act.reason,
      who: act.who,
    })
    if (isOurs) return skipped
  }
}

/** `unchanged`: its chain is of the topic that is there now. `begun`: a new chain begins at `start`. */
export type EpochBegun =
  | { readonly kind: 'unchanged'; readonly epoch: number }
  | { readonly kind: 'begun'; readonly epoch: number; readonly start: bigint; readonly unfinished: number }

/**
 * Ends the chain of a topic that is no more, and begins the one of the topic that has its name now, at the first offset of
 * its log. Files of the old topic that were claimed and never stored stay missing: their number is `unfinished`.
 * Throws a Failure where Kafka does not tell the ids of topics.
 */
export async function beginEpoch(at: TopicPartition, log: Log, act: Act): Promise<EpochBegun> {
  for (;;) {
    const { chain, view } = await act.chains.open(at)
    const { epoch } = chain.place
    if (view !== undefined) {
      // A chain may hold records of the new topic already, stored before anybody noticed: only the ids tell.
      if (view.topicId === undefined || log.topicId === undefined) {
        throw refused(
          `${at.topic}: this cluster, or the one that the chain was begun on, does not tell the ids of topics (Kafka 2.8 and later do), ` +
            'so it cannot be seen which records are stored already: use a topic of another name, or another --lake',
        )
      }
      if (view.topicId === log.topicId) return { kind: 'unchanged', epoch }
    }
    const common = { version: 1, topicId: log.topicId, nonce: act.chains.nonce } as const
    if (view === undefined) {
      await chain.begin({
        ...common,
        ...chain.place,
        kind: 'genesis',
        start: log.low,
        from: 'earliest',
        createdAt: act.clock.wallMs(),
      })
      return { kind: 'begun', epoch, start: log.low, unfinished: 0 }
    }
    const isEnded = await chain.claim({
      ...common,
      ...chain.place,
      kind: 'end',
      topicId: view.topicId,
      start: view.frontier,
      end: view.frontier,
      plannedAt: act.clock.wallMs(),
      ...(view.tail && { tail: view.tail }),
      reason: act.reason,
      who: act.who,
    })
    if (!isEnded) continue
    const next = await beginEpoch(at, log, act)
    return next.kind === 'begun' ? { ...next, unfinished: view.missing.length } : next
  }
}

function refused(message: string): Failure {
  return new Failure(message, { exit: 'refused' })
}
