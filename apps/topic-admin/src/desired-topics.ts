/** Which topics should exist: one for each table of the catalogue. (A topics.yaml would be another source of the same.) */
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import type { DesiredTopic } from './plan.ts'

/**
 * The topics of the catalogue for one prefix, all with the same shape.
 * @throws TopicPrefixError (exit 64) for an empty or impossible prefix
 */
export function topicsOfCatalogue(
  prefix: string,
  shape: Omit<DesiredTopic, 'topic'>,
): readonly DesiredTopic[] {
  return catalogue.map((table) => ({ topic: topicOf(prefix, table), ...shape }))
}
