/** `consumer verify`: whether the lake is what its chains say; and whether the log still says the same. Changes nothing. */
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { exitCodes, Failure } from '@pinpipe/service/failure'
import { types } from '@pinpipe/service/settings'
import { formatSize } from '@pinpipe/service/size'
import { isDifference, type Finding } from './inspect/finding.ts'
import { LakeCheck, type LakeTotals } from './inspect/lake-check.ts'
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
  },
  examples: [
    'consumer verify --lake s3://my-bucket/posts',
    'consumer verify --lake s3://my-bucket/posts --topics 0af8d0adfd13.pin -o json',
  ],
  async run(settings, context) {
    await using resources = new AsyncDisposableStack()
    const store = resources.use(await openLake(settings, context))
    const check = new LakeCheck(store, { topics: settings.topics, signal: stopSignal(context.drain) })
    resources.use(context.progress(() => `${totalsLine(check.totals)} verified`))
    const findings = await check.run()
    const differences = findings.filter((finding) => isDifference(finding))
    const notes = findings.filter((finding) => !isDifference(finding))
    await printResult(context.stdout, settings.output, {
      document: { lake: store.name, ...check.totals, differences, notes },
      lines: [
        ...notes.map((note) => `note        ${lineOf(note)}`),
        ...differences.map((difference) => `DIFFERENCE  ${lineOf(difference)}`),
        `${totalsLine(check.totals)}: ${differences.length === 0 ? 'no differences' : `${differences.length} differences`}`,
      ],
    })
    return differences.length === 0 ? exitCodes.done : exitCodes.differences
  },
})

function lineOf({ code, key, sentence }: Finding): string {
  return `${code.padEnd(15)} ${key} ${sentence}`
}

function totalsLine({ chains, links, objects, records, bytes }: LakeTotals): string {
  return `${chains} chains, ${links} links, ${objects} objects, ${records} records, ${formatSize(bytes)}`
}

/** Aborts with a reason that is a sentence. */
function stopSignal(drain: AbortSignal): AbortSignal {
  const stopped = new AbortController()
  const stop = (): void => stopped.abort(new Failure('stopped before everything was compared'))
  if (drain.aborted) stop()
  else drain.addEventListener('abort', stop, { once: true })
  return stopped.signal
}
