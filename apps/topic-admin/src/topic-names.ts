/** The names of topics on a command line of pinpipe's own commands. */
import { Failure, UsageFailure } from '@pinpipe/service/failure'
import { isReserved, nameProblem } from './topic-name.ts'

/**
 * The names, checked against Kafka's rules, each once.
 * @throws UsageFailure (exit 64) when there is none, or one that Kafka would not take
 */
export function checkedNames(positionals: readonly string[], verb: string): readonly string[] {
  if (positionals.length === 0) throw new UsageFailure(`no topic is named: write topics ${verb} TOPIC`)
  const problems = positionals.flatMap((topic, at) => {
    const problem = positionals.indexOf(topic) === at ? nameProblem(topic) : 'is given twice'
    return problem === undefined ? [] : [`the topic name "${topic}" ${problem}`]
  })
  if (problems.length > 0) throw new UsageFailure(problems)
  return positionals
}

/** @throws Failure (exit 3) for a topic of the brokers themselves */
export function refuseReserved(topics: readonly string[]): void {
  const reserved = topics.filter(isReserved)
  if (reserved.length > 0) {
    throw new Failure(
      `${reserved.join(', ')}: names that begin with __ belong to the brokers, and topics leaves them alone`,
      { exit: 'refused' },
    )
  }
}
