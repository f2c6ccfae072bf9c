import { geolocationData } from './geolocation-data.ts'
import { pinterestData } from './pinterest-data.ts'
import type { Table } from './table.ts'
import { userData } from './user-data.ts'

/** Every table that pinpipe knows. A new one is a file beside this one and a line here. */
export const catalogue: readonly Table[] = [pinterestData, geolocationData, userData]

/** A topic prefix that Kafka would not take. `exitCode` 64 makes an app report it as a mistake in its settings. */
export class TopicPrefixError extends Error {
  override readonly name = 'TopicPrefixError'
  readonly exitCode = 64
}

/** Kafka's limit for the length of a topic's name (`Topic.java`, MAX_NAME_LENGTH). */
const longestTopic = 249

/**
 * The topic of a table: `<prefix>.<suffix>`, e.g. `0af8d0adfd13.pin`.
 * Throws {@link TopicPrefixError} if the prefix is empty or not made of what Kafka allows in a topic's name.
 */
export function topicOf(prefix: string, table: Table): string {
  if (prefix === '')
    throw new TopicPrefixError('the topic prefix is empty: give the part before the dot of the topic names')
  if (!/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(prefix)) {
    throw new TopicPrefixError(
      'the topic prefix may hold only letters, digits, _ and -, with single dots inside: leave out the dot before the table suffix',
    )
  }
  const topic = `${prefix}.${table.topicSuffix}`
  if (topic.length > longestTopic) {
    throw new TopicPrefixError(
      `the topic prefix is too long: give at most ${longestTopic - table.topicSuffix.length - 1} characters`,
    )
  }
  return topic
}

/** What is wrong with a topic prefix, as a sentence; undefined for one that Kafka takes with every table of the catalogue. */
export function topicPrefixProblem(prefix: string): string | undefined {
  try {
    for (const table of catalogue) topicOf(prefix, table)
    return undefined
  } catch (error) {
    if (error instanceof TopicPrefixError) return error.message
    throw error
  }
}

/** The table whose rows a topic carries, told by the text after the last dot; undefined for any other topic. */
export function tableOfTopic(topic: string, tables: readonly Table[] = catalogue): Table | undefined {
  const dot = topic.lastIndexOf('.')
  if (dot < 1) return undefined
  const suffix = topic.slice(dot + 1)
  return tables.find((table) => table.topicSuffix === suffix)
}

/** The table of that name. */
export function tableNamed(name: string, tables: readonly Table[] = catalogue): Table | undefined {
  return tables.find((table) => table.name === name)
}
