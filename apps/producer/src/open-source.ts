/** Opens the source that the settings name. */

import { readFile } from 'node:fs/promises'
import { type Table } from '@pinpipe/schema/table'
import { UsageFailure } from '@pinpipe/service/failure'
import { type ProducerEvents } from './events.ts'
import { GenerateSource } from './generate-source.ts'
import { openJsonlSource } from './jsonl-source.ts'
import { openMysqlSource } from './mysql-source.ts'
import { type ProducerSettings } from './producer-settings.ts'
import { type Source } from './source.ts'
import { type Tally } from './tally.ts'

export type SourceExtras = {
  readonly tables: readonly Table[]
  readonly stop: AbortSignal
  readonly events: ProducerEvents
  readonly tally: Tally
}

/** Throws a Failure for a source that cannot be opened. */
export async function openSource(
  settings: ProducerSettings,
  { tables, stop, events, tally }: SourceExtras,
): Promise<Source> {
  const { source } = settings
  if (source.kind === 'generate')
    return new GenerateSource({ posts: source.posts, seed: settings.seed, tables })
  if (source.kind === 'jsonl') return openJsonlSource(source.folder, tables)
  return openMysqlSource({
    address: source.address,
    password: settings.mysqlPassword ?? source.address.password,
    tlsCa: await authority(settings.mysqlTlsCa),
    tables,
    timeoutMs: settings.mysqlTimeout,
    retryForMs: settings.mysqlRetry,
    stop,
    onRetry: (failure, attempt) => {
      tally.sourceRetries++
      events.sourceRetried({ attempt, reason: failure.message })
    },
  })
}

async function authority(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    const text = await readFile(path, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new UsageFailure(
      `--mysql-tls-ca: the file ${path} cannot be read${code}: correct the path, or let this user read it`,
      { cause: error },
    )
  }
  throw new UsageFailure(
    `--mysql-tls-ca: the file ${path} holds no PEM certificate: give one with a line "-----BEGIN CERTIFICATE-----"`,
  )
}
