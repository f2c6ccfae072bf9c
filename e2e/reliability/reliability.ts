/**
 * Runs all reliability scenarios at full size and writes `docs/reliability.md` from what they found.
 *
 *   pnpm reliability                 everything: about an hour
 *   pnpm reliability --small         the seeded set of CI
 *   pnpm reliability --from FILE …   only writes the page, from results that were kept (RELIABILITY_RESULTS names the file)
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jarFolder } from '@pinpipe/local-stack/maven-jars'
import { versityGw } from '@pinpipe/local-stack/versitygw'
import type { Figures } from './figures.ts'
import { jsonLines } from './json-lines.ts'
import { reliabilityPage } from './reliability-report.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { values } = parseArgs({
  options: { small: { type: 'boolean' }, from: { type: 'string', multiple: true } },
})

const files = values.from ?? [runScenarios(values.small === true ? 'small' : 'full')]
const figures = files.flatMap((file) => [...jsonLines<Figures>(file)])
if (figures.length === 0) throw new Error(`no scenario noted figures in ${files.join(', ')}`)
const page = reliabilityPage(figures, {
  versions: versions(),
  machine: machineText(),
  date: new Date().toISOString().slice(0, 10),
})
writeFileSync(join(root, 'docs/reliability.md'), page)
process.stdout.write(`docs/reliability.md tells of ${figures.length} runs\n`)

/** Returns the file of their results; ends the process when a scenario fails. */
function runScenarios(size: 'small' | 'full'): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinpipe-reliability-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  const file = join(folder, 'results.jsonl')
  const { status } = spawnSync('pnpm', ['exec', 'vitest', 'run', '--project', 'e2e', 'e2e/reliability'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, RELIABILITY_SIZE: size, RELIABILITY_RESULTS: file, REQUIRE_STACK: '1' },
  })
  if (status !== 0) process.exit(1)
  return file
}

function versions(): Readonly<Record<string, string>> {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const kcat = /Version (\S+) .*librdkafka (\S+)/.exec(execFileSync('kcat', ['-V'], { encoding: 'utf8' }))
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const pinned = (name: string): string =>
    new RegExp(`^\\s+'?${name}'?: (\\S+)$`, 'm').exec(catalog)?.[1] ?? 'unknown'
  return {
    pinpipe: commit,
    'Node.js': process.versions.node,
    kafkajs: pinned('kafkajs'),
    'kcat, librdkafka': `${kcat?.[1]}, ${kcat?.[2]}`,
    DuckDB: pinned('@duckdb/node-api'),
    'Apache Kafka': basename(jarFolder('4.1')).replace('kafka-', ''),
    versitygw: versityGw.version,
  }
}

function machineText(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}
