/** The arguments of `main.ts`. Pure. */

import { parseArgs } from 'node:util'
import { type EmbeddedKafkaOptions } from './embedded-kafka.ts'

export const usage = `embedded-kafka: a Kafka broker in memory, for development and tests

  --port N                port of the first broker, the others get the next ones (default: any free port)
  --host ADDRESS          where it listens, and what clients are told (default: 127.0.0.1)
  --topic NAME[:N]        a topic with N partitions (default 1); may be given again
  --brokers N             number of brokers (default 1)
  --max-bytes SIZE        memory for records, such as 64MiB (default 256MiB)
  --on-full ACTION        when it is full: drop-oldest (default) or refuse
  --auto-create-topics    creates the topics that clients ask for
  --tls FILE              speaks TLS; writes the certificate of its authority to FILE, for clients to trust
  --user NAME:PASSWORD    asks for a login by PLAIN or SCRAM, and lets NAME in; may be given again
  --msk-iam FILE          asks for a login as Amazon MSK does; FILE: users, roles and policies as JSON, see the README
  --sts-port N            port of the STS for the roles of --msk-iam (default: any free port)
  --session-ms N          ends logins after so long (default: with their credentials)
  --help
`

export type CommandLine =
  | { readonly kind: 'run'; readonly options: EmbeddedKafkaOptions; readonly security: Security }
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly message: string }

/** What the command line wants of TLS and logins; files are not read yet. */
export type Security = {
  readonly caFile: string | undefined
  readonly users: Readonly<Record<string, string>> | undefined
  readonly iamFile: string | undefined
  readonly stsPort: number
  readonly maxSessionMs: number
}

/** @param args without the program's name */
export function commandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        topic: { type: 'string', multiple: true },
        brokers: { type: 'string' },
        'max-bytes': { type: 'string' },
        'on-full': { type: 'string' },
        'auto-create-topics': { type: 'boolean' },
        tls: { type: 'string' },
        user: { type: 'string', multiple: true },
        'msk-iam': { type: 'string' },
        'sts-port': { type: 'string' },
        'session-ms': { type: 'string' },
        help: { type: 'boolean' },
      },
    })
    if (values.help === true) return { kind: 'help' }
    const onFull = values['on-full'] ?? 'drop-oldest'
    if (onFull !== 'drop-oldest' && onFull !== 'refuse')
      throw new RangeError(`--on-full is drop-oldest or refuse, not ${onFull}`)
    return {
      kind: 'run',
      options: {
        port: whole('--port', values.port ?? '0', 0, 65_535),
        host: values.host ?? '127.0.0.1',
        topics: (values.topic ?? []).map(topicOf),
        brokers: whole('--brokers', values.brokers ?? '1', 1, 100),
        maxBytes: bytes('--max-bytes', values['max-bytes'] ?? '256MiB'),
        onFull,
        autoCreateTopics: values['auto-create-topics'] ?? false,
      },
      security: {
        caFile: values.tls,
        users: values.user === undefined ? undefined : Object.fromEntries(values.user.map(userOf)),
        iamFile: values['msk-iam'],
        stsPort: whole('--sts-port', values['sts-port'] ?? '0', 0, 65_535),
        maxSessionMs: whole('--session-ms', values['session-ms'] ?? '0', 0, 2 ** 31),
      },
    }
  } catch (error) {
    if (error instanceof Error) return { kind: 'problem', message: `${error.message}; see --help` }
    throw error
  }
}

function topicOf(text: string): { topic: string; partitions: number } {
  const [topic = '', partitions = '1'] = text.split(':')
  return { topic, partitions: whole('the number of partitions in --topic', partitions, 1, 10_000) }
}

function userOf(text: string): [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) throw new RangeError('--user is NAME:PASSWORD')
  return [text.slice(0, colon), text.slice(colon + 1)]
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${text}`)
  return value
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

function bytes(name: string, text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]i?B)?$/.exec(text) ?? []
  if (digits === undefined) throw new RangeError(`${name} is a size such as 64MiB, not ${text}`)
  return Number(digits) * (units[unit] ?? 1)
}
