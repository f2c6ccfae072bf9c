/** What the figures were measured on and with. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { versityGw } from '@pinpipe/local-stack/versitygw'

/** Pairs of a name and what was found, in the order they are shown. */
export async function describeMachine(): Promise<readonly (readonly [string, string])[]> {
  const gib = Math.round(totalmem() / 2 ** 30)
  return [
    [
      'machine',
      `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, ${gib} GiB, ${await systemName()}`,
    ],
    ['Node', process.versions.node],
    ['kafkajs', kafkajsVersion()],
    ['Kafka', firstMatch((await runJavaTool('kafka-topics', ['--version'])).stdout, /^\S+/)],
    ['Java', firstMatch(await outputOf('java', ['-version']), /"([^"]+)"/)],
    ['kcat', firstMatch(await outputOf('kcat', ['-V']), /Version (\S+)/)],
    ['librdkafka', firstMatch(await outputOf('kcat', ['-V']), /librdkafka (\S+)/)],
    ['versitygw', versityGw.version],
  ]
}

async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return `${firstMatch(text, /^PRETTY_NAME="(.*)"$/m)}, Linux ${release()}`
}

function kafkajsVersion(): string {
  const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string }
  return `${version} (with our patch)`
}

/** Both outputs: some programs tell their version on standard error. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, args)
  return stdout + stderr
}

function firstMatch(text: string, pattern: RegExp): string {
  const match = pattern.exec(text)
  return match?.[1] ?? match?.[0] ?? 'unknown'
}
