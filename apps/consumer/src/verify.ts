/** `consumer verify`: whether the lake is what its chains say; and whether the log still says the same. Changes nothing. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { connectionOf, kafkaSettings, type KafkaSettings } from '@pinpipe/kafka/settings'
import { command, type CommandContext } from '@pinpipe/service/command'
import { formatCountOf } from '@pinpipe/service/count'
import { exitCodes, Failure } from '@pinpipe/service/failure'
import { types } from '@pinpipe/service/settings'
import { formatSize } from '@pinpipe/service/size'
import { isDifference, type Finding } from './inspect/finding.ts'
import { LakeCheck, type LakeTotals } from './inspect/lake-check.ts'
import { LogCheck } from './inspect/log-check.ts'
import { outputSetting, printResult } from './inspect/output.ts'
import { openLake } from './lake/lake.ts'
import { lakeSettings } from './lake/lake-settings.ts'

export const verifyCommand = command({
  name: 'verify',
  summary: 'Compare the objects of a lake with its chains, and with Kafka',
  settings: {
    ...kafkaSettings,
    ...lakeSettings,
    ...outputSetting,
    topics: {
      flag: 'topics',
      type: types.list({ takes: 'A,B' }),
      description: 'These topics only; all that the lake has unless given',
      group: 'Verify',
    },
    againstKafka: {
      flag: 'against-kafka',
      type: types.boolean(),
      default: false,
      description: 'Also read the ranges again that the log still has, and compare their records',
      group: 'Verify',
    },
  },
  examples: [
    'consumer verify --lake s3://my-bucket/posts',
    'consumer verify --lake s3://my-bucket/posts --topics 0af8d0adfd13.pin -o json',
    'consumer verify --lake s3://my-bucket/posts --against-kafka --brokers broker:9092',
  ],
  async run(settings, context) {
    await using resources = new AsyncDisposableStack()
    const { topics } = settings
    const signal = stopSignal(context.drain)
    const store = resources.use(await openLake(settings, context))
    const kafka = settings.againstKafka ? await openKafka(settings, context, resources) : undefined
    const check = new LakeCheck(store, { topics, signal })
    const logCheck = kafka && new LogCheck(store, kafka.admin)
    resources.use(
      context.progress(() => `${totalsLine({ ...check.totals, ...rangesOf(logCheck) })} verified`),
    )
    const findings = [...(await check.run())]
    requireChains(check, topics, store.name)
    if (kafka !== undefined && logCheck !== undefined)
      findings.push(...(await logCheck.run(kafka.connection, topics, signal)))
    const totals = { ...check.totals, ...rangesOf(logCheck) }
    const differences = findings.filter((finding) => isDifference(finding))
    const notes = findings.filter((finding) => !isDifference(finding))
    await printResult(context.stdout, settings.output, {
      document: { lake: store.name, ...totals, differences, notes },
      lines: [
        ...notes.map((note) => `note        ${lineOf(note)}`),
        ...differences.map((difference) => `DIFFERENCE  ${lineOf(difference)}`),
        `${totalsLine(totals)}: ${differences.length === 0 ? 'no differences' : `differences: ${differences.length}`}`,
      ],
    })
    return differences.length === 0 ? exitCodes.done : exitCodes.differences
  },
})

function lineOf({ code, key, sentence }: Finding): string {
  return `${code.padEnd(15)} ${key} ${sentence}`
}

type Totals = LakeTotals & { readonly rangesCompared?: number }

function totalsLine({ chains, links, objects, records, bytes, rangesCompared }: Totals): string {
  const parts = [
    formatCountOf(chains, 'chain'),
    formatCountOf(links, 'link'),
    formatCountOf(objects, 'object'),
    formatCountOf(records, 'record'),
    formatSize(bytes),
  ]
  if (rangesCompared !== undefined)
    parts.push(`${formatCountOf(rangesCompared, 'range')} compared with Kafka`)
  return parts.join(', ')
}

function rangesOf(check: LogCheck | undefined): { readonly rangesCompared?: number } {
  return check === undefined ? {} : { rangesCompared: check.compared }
}

async function openKafka(settings: KafkaSettings, { log }: CommandContext, resources: AsyncDisposableStack) {
  const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log })
  return { connection, admin: resources.use(await openReadOnlyAdmin(connection)) }
}

/** A wrong address is no lake without differences. Throws a Failure. */
function requireChains({ topics }: LakeCheck, asked: readonly string[] | undefined, lake: string): void {
  const without = asked?.filter((topic) => !topics.has(topic)) ?? []
  if (topics.size === 0 || without.length > 0) {
    const what = without.length > 0 ? `of ${without.join(', ')} ` : ''
    throw new Failure(`${lake} has no chain ${what}in _chain/: is this the address that the consumer has?`)
  }
}

/** Aborts with a reason that is a sentence. */
function stopSignal(drain: AbortSignal): AbortSignal {
  const stopped = new AbortController()
  const stop = (): void => stopped.abort(new Failure('stopped before everything was compared'))
  if (drain.aborted) stop()
  else drain.addEventListener('abort', stop, { once: true })
  return stopped.signal
}
