/** `--config name=value` of pinpipe's own commands: durations and sizes as people write them. */
import { durationExample, parseDuration } from '@pinpipe/service/duration'
import { parseSize, sizeExample } from '@pinpipe/service/size'
import { UsageFailure } from '@pinpipe/service/failure'

/**
 * `['retention.ms=7d', 'segment.bytes=64MiB']` → `{ 'retention.ms': '604800000', 'segment.bytes': '67108864' }`.
 * A plain number, `-1` included, stays as it is. Whether Kafka knows the name is for the broker to say.
 * @throws UsageFailure with every problem
 */
export function parseTopicConfigs(texts: readonly string[]): Readonly<Record<string, string>> {
  const problems: string[] = []
  const configs = new Map<string, string>()
  for (const text of texts) {
    const equals = text.indexOf('=')
    const name = text.slice(0, Math.max(equals, 0)).trim()
    if (name === '') {
      problems.push(`--config: "${text}" has no name: write name=value, such as retention.ms=7d`)
      continue
    }
    if (configs.has(name)) problems.push(`--config: ${name} is given twice`)
    const value = configValue(name, text.slice(equals + 1).trim())
    if (typeof value === 'string') configs.set(name, value)
    else problems.push(value.problem)
  }
  if (problems.length > 0) throw new UsageFailure(problems)
  return Object.fromEntries([...configs].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function configValue(name: string, text: string): string | { readonly problem: string } {
  if (/^-?\d+$/.test(text)) return text
  if (name.endsWith('.ms')) {
    const durationMs = parseDuration(text)
    return durationMs === undefined
      ? {
          problem: `--config: ${name} is not a duration: write a number of milliseconds, or ${durationExample}`,
        }
      : String(durationMs)
  }
  if (name.endsWith('.bytes')) {
    const sizeBytes = parseSize(text)
    return sizeBytes === undefined
      ? { problem: `--config: ${name} is not a size: write a number of bytes, or ${sizeExample}` }
      : String(sizeBytes)
  }
  return text
}
