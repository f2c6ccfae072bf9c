/** `consumer locate`: which object, and which line of it, holds an offset. Two requests to the store; with --exact a few more. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { connectionOf, kafkaSettings, type KafkaSettings } from '@pinpipe/kafka/settings'
import { command, type CommandContext } from '@pinpipe/service/command'
import { exitCodes, Failure } from '@pinpipe/service/failure'
import { BadValue, types } from '@pinpipe/service/settings'
import { linkKey, type ChainPlace } from './chain/chain-keys.ts'
import { entryAt } from './inspect/chain-lookup.ts'
import { exactly } from './inspect/exact-line.ts'
import { locationOf, type Location } from './inspect/location.ts'
import { sentenceOf } from './inspect/location-text.ts'
import { outputSetting, printResult } from './inspect/output.ts'
import { linkAtTime } from './inspect/time-search.ts'
import { WrittenFormats } from './inspect/written-formats.ts'
import { openLake } from './lake/lake.ts'
import { lakeSettings } from './lake/lake-settings.ts'
import type { Store } from './lake/store.ts'
import { timeOf } from './time-value.ts'

const group = 'Locate'

const offsetType = types.custom<bigint>({
  takes: 'OFFSET',
  parse(text) {
    if (!/^\d{1,19}$/.test(text)) throw new BadValue('is no offset: write it in digits')
    return BigInt(text)
  },
})

const timeType = types.custom<number>({
  takes: 'TIME',
  parse(text) {
    const atMs = timeOf(text)
    if (atMs === undefined) throw new BadValue('is no time with a zone like 2026-01-31T00:00:00Z')
    return atMs
  },
  show: (atMs) => new Date(atMs).toISOString(),
})

export const locateCommand = command({
  name: 'locate',
  summary: 'Tell which object of a lake holds an offset, or the first record of a time',
  settings: {
    ...kafkaSettings,
    ...lakeSettings,
    ...outputSetting,
    topic: {
      flag: 'topic',
      type: types.text({ takes: 'TOPIC' }),
      required: true,
      description: 'The topic',
      group,
    },
    partition: {
      flag: 'partition',
      type: types.integer({ min: 0 }),
      required: true,
      description: 'The partition',
      group,
    },
    epoch: {
      flag: 'epoch',
      type: types.integer({ min: 0 }),
      default: 0,
      description: 'How often the topic was made anew before',
      group,
    },
    offset: { flag: 'offset', type: offsetType, description: 'The offset of the record', group },
    timestamp: {
      flag: 'timestamp',
      type: timeType,
      description:
        'The first record of this time or later; Kafka is asked for its offset when --brokers are given',
      group,
    },
    exact: {
      flag: 'exact',
      type: types.boolean(),
      default: false,
      description: 'Read the objects where the link does not tell the line',
      group,
    },
  },
  exclusive: [{ of: ['offset', 'timestamp'], required: true }],
  examples: [
    'consumer locate --lake s3://my-bucket/posts --topic 0af8d0adfd13.pin --partition 2 --offset 7528',
    'consumer locate --lake dir:./lake --topic demo --partition 0 --timestamp 2026-01-31T00:00:00Z',
  ],
  async run(settings, context) {
    await using resources = new AsyncDisposableStack()
    const store = resources.use(await openLake(settings, context))
    const { topic, partition, epoch, exact } = settings
    const place = { topic, partition, epoch }
    const offset = settings.offset ?? (await offsetOfTime(store, place, settings, context))
    const location: Location =
      offset === undefined ? { kind: 'no-link' } : await locate(store, place, offset, exact)
    const isFound = location.kind === 'stored'
    await printResult(context.stdout, settings.output, {
      document: { lake: store.name, ...place, offset, found: isFound, ...documentOf(place, location) },
      lines: [
        offset === undefined
          ? 'nothing of this time or later is stored'
          : sentenceOf(place, offset, location),
      ],
    })
    return isFound ? exitCodes.done : exitCodes.failed
  },
})

/** Two requests, unless it is to be exact. */
export async function locate(
  store: Store,
  place: ChainPlace,
  offset: bigint,
  isExact = false,
): Promise<Location> {
  const location = locationOf(await entryAt(store, place, offset), offset)
  if (!isExact || location.kind !== 'stored' || location.isCertain) return location
  const written = await new WrittenFormats(store).of(location.link.config)
  return await exactly(store, location, offset, written?.format)
}

type TimeSettings = KafkaSettings & { readonly timestamp?: number | undefined }

/** Of the first record of the time or later; undefined when nothing so late is stored. */
async function offsetOfTime(
  store: Store,
  place: ChainPlace,
  settings: TimeSettings,
  { log }: Pick<CommandContext, 'log'>,
): Promise<bigint | undefined> {
  const { timestamp = 0 } = settings
  if (settings.brokers !== undefined || settings.clientProperties !== undefined) {
    const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log })
    await using admin = await openReadOnlyAdmin(connection)
    const kept = (await admin.watermarks(place.topic)).find(({ partition }) => partition === place.partition)
    if (kept === undefined) throw new Failure(`topic ${place.topic} has no partition ${place.partition}`)
    const offset = (await admin.offsetsAt(place.topic, timestamp)).get(place.partition)
    // At the beginning of the log an earlier one may have been deleted from it: the lake may have it.
    if (offset !== undefined && offset > kept.low) return offset
  }
  const link = await linkAtTime(store, place, BigInt(timestamp))
  if (link?.kind !== 'range') return link?.start
  const files = link.files.filter(({ maxTimestamp }) => maxTimestamp >= BigInt(timestamp))
  return files.map(({ first }) => first).toSorted((a, b) => (a < b ? -1 : 1))[0] ?? link.start
}

function documentOf(place: ChainPlace, location: Location): Readonly<Record<string, unknown>> {
  const { kind } = location
  const link = 'link' in location ? linkKey(place, location.link.start) : undefined
  if (location.kind !== 'stored') return { kind, link }
  return { kind, isCertain: location.isCertain, objects: location.holders, link }
}
