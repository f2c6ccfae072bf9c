/** What the Java tool prints after `Error while executing topic command : ` when a change is refused: the broker's own words. */
import { KafkaError } from '@pinpipe/kafka/errors'
import { sentenceOf } from '@pinpipe/service/failure'
import { TopicCommandError } from './kafka-topics-options.ts'

/**
 * The refusal in the words of the broker; where the answer has none, in ours.
 * @throws the error itself when the cluster was not reached, or not entered: that is no refusal of this change
 */
export function refusalOf(error: unknown): TopicCommandError {
  if (error instanceof KafkaError && error.brokerMessage !== undefined) {
    return new TopicCommandError(error.brokerMessage, { cause: error })
  }
  if (error instanceof KafkaError && (error.exitCode === 4 || error.exitCode === 5)) throw error
  return new TopicCommandError(sentenceOf(error), { cause: error })
}

/** What a broker says about an assignment of nothing: our client would send it as no assignment at all, and succeed. */
export function emptyAssignment(added: number): TopicCommandError {
  return new TopicCommandError(
    `Attempted to add ${added} additional partition(s), but only 0 assignment(s) were specified.`,
  )
}
