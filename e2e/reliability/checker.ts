// Checks a run of the pipeline by its traces, with readers that share no code with it: see --help.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check, readLogFor, type Evidence, type GivenUp } from './check.ts'
import type { HistorySample } from './check-history.ts'
import type { LedgerEntry } from './check-producer.ts'
import { findingCodes, type CheckReport } from './finding.ts'
import { jsonLines } from './json-lines.ts'
import { openLakeReader } from './lake-reader.ts'
import { dumpLog } from './log-dump.ts'

const help = `checker --lake DIR|s3://BUCKET/PREFIX (--brokers HOST:PORT --topic T … | --log FILE …) [options]

Compares what was sent, what the log holds and what the lake holds, record by record.

  --lake        a folder, or a bucket and prefix (AWS_ENDPOINT_URL_S3, AWS_REGION and credentials from the environment)
  --brokers     reads the log now, with kcat, read committed
  --topic       a topic of the log; may be repeated
  --log         instead: a dump of a topic that --dump wrote before; may be repeated
  --dump DIR    with --brokers: keep the dumps there, as <topic>.log
  --ledger      what the senders were told, one JSON line a record
  --history     samples of commits and lake during the run, one JSON line each
  --partial     the sink is still at work: records behind a partition's last object need not be stored
  --skip-nulls  the sink was told not to store null values
  --given-up    TOPIC/PARTITION/START-END: offsets that an operator gave up; may be repeated
  -o json       the report as JSON instead of sentences

Exit code: 0 nothing was found, 2 findings, 1 the check itself failed, 64 usage. Findings:
${Object.entries(findingCodes)
  .map(([code, meaning]) => `  ${code.padEnd(13)} ${meaning}`)
  .join('\n')}
`

const options = {
  lake: { type: 'string' },
  brokers: { type: 'string' },
  topic: { type: 'string', multiple: true },
  log: { type: 'string', multiple: true },
  dump: { type: 'string' },
  ledger: { type: 'string' },
  history: { type: 'string' },
  partial: { type: 'boolean' },
  'skip-nulls': { type: 'boolean' },
  'given-up': { type: 'string', multiple: true },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean' },
} as const

class Usage extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const given = parsed(args)
  if (given.help === true) {
    process.stdout.write(help)
    return 0
  }
  if (given.lake === undefined) throw new Usage('--lake is missing')
  if (given.output !== undefined && given.output !== 'json') throw new Usage('-o knows only json')
  const givenUp = (given['given-up'] ?? []).map(givenUpOf)
  await using dumps = await dumpsOf(given)
  const lake = openLakeReader(given.lake)
  const evidence: Evidence = {
    log: await readLogFor(lake, dumps.files),
    lake,
    isComplete: given.partial !== true,
    skipsNulls: given['skip-nulls'] === true,
    givenUp,
    ...(given.ledger !== undefined && { ledger: jsonLines<LedgerEntry>(given.ledger) }),
    ...(given.history !== undefined && { history: jsonLines<HistorySample>(given.history) }),
  }
  const report = await check(evidence)
  process.stdout.write(given.output === 'json' ? `${JSON.stringify(report)}\n` : sentencesOf(report))
  return report.findings.length === 0 ? 0 : 2
}

function parsed(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error))
  }
}

/** The dumps to read: those that are given, or new ones, which are removed unless they are to be kept. */
async function dumpsOf(given: {
  readonly brokers?: string | undefined
  readonly topic?: readonly string[] | undefined
  readonly log?: readonly string[] | undefined
  readonly dump?: string | undefined
}): Promise<AsyncDisposable & { readonly files: readonly string[] }> {
  const { brokers, topic: topics = [], log = [], dump } = given
  if (brokers === undefined) {
    if (log.length === 0) throw new Usage('name the log: --brokers and --topic, or --log')
    return { files: log, [Symbol.asyncDispose]: async () => {} }
  }
  if (topics.length === 0) throw new Usage('--brokers wants --topic')
  const folder = dump ?? (await mkdtemp(join(tmpdir(), 'pinpipe-log-')))
  const files: string[] = []
  for (const topic of topics) {
    const file = join(folder, `${topic}.log`)
    await dumpLog(brokers, topic, file)
    files.push(file)
  }
  return {
    files: [...files, ...log],
    [Symbol.asyncDispose]: async () => {
      if (dump === undefined) await rm(folder, { recursive: true })
    },
  }
}

function givenUpOf(text: string): GivenUp {
  const { topic, partition, start, end } =
    /^(?<topic>[^/]+)\/(?<partition>\d+)\/(?<start>\d+)-(?<end>\d+)$/.exec(text)?.groups ?? {}
  if (topic === undefined || start === undefined || end === undefined) {
    throw new Usage(`--given-up ${text}: use TOPIC/PARTITION/START-END`)
  }
  return { topic, partition: Number(partition), start: BigInt(start), end: BigInt(end) }
}

function sentencesOf({ records, objects, sends, samples, findings }: CheckReport): string {
  const lines = findings.map(({ code, count, sentence }) => {
    const more = count === 1 ? '' : ` (and ${count - 1} more)`
    return `${code} ${sentence}${more}`
  })
  const checked = `${records} records of the log, ${objects} objects, ${sends} entries of the ledger, ${samples} samples`
  lines.push(`${checked}: ${findings.length === 0 ? 'nothing is wrong' : `${findings.length} findings`}`)
  return `${lines.join('\n')}\n`
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`checker: ${message}${error instanceof Usage ? ' (see --help)' : ''}\n`)
  process.exitCode = error instanceof Usage ? 64 : 1
}
