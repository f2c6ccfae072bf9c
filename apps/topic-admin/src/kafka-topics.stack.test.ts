/**
 * Golden tests: every command line goes to the real Java tool and to us, on one cluster, and stdout and the exit code have
 * to be the same. Where a command changes something, each side has names of its own, which are made equal in the text.
 * One table of command lines, so that a missing one is seen: that is why the file is longer than others.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { temporaryFolder } from './temporary-folder-test-helpers.ts'
import { runTopics } from './topics-test-helpers.ts'

type Said = { readonly stdout: string; readonly code: number }

/** Runs the same lines on both sides; `NAME` in a line is the side's own prefix. */
async function bothSay(
  bootstrapServers: string,
  lines: readonly (readonly string[])[],
): Promise<{ readonly java: readonly Said[]; readonly ours: readonly Said[] }> {
  const java: Said[] = []
  const ours: Said[] = []
  const side = async (run: (args: readonly string[]) => Promise<Said>, said: Said[]): Promise<void> => {
    const prefix = unique('golden')
    for (const line of lines) {
      const args = line.map((word) => word.replaceAll('NAME', prefix))
      const { stdout, code } = await run(args)
      said.push({ stdout: comparable(stdout, prefix), code })
    }
  }
  await Promise.all([
    side(async (args) => {
      const { stdout, code } = await runJavaTool('kafka-topics', [
        '--bootstrap-server',
        bootstrapServers,
        ...args,
      ])
      return { stdout, code: code ?? -1 }
    }, java),
    side(async (args) => await runTopics(['--bootstrap-server', bootstrapServers, ...args]), ours),
  ])
  return { java, ours }
}

/** Both sides have topics of their own: names and ids are made equal. */
function comparable(text: string, prefix: string): string {
  return text.replaceAll(prefix, 'NAME').replaceAll(/\tTopicId: [A-Za-z0-9_-]{22}(?=\t)/g, '\tTopicId: ID')
}

const cases: readonly { readonly name: string; readonly lines: readonly (readonly string[])[] }[] = [
  {
    name: 'create, create again, create again if it does not exist',
    lines: [
      ['--create', '--topic', 'NAME', '--partitions', '3', '--config', 'retention.ms=1000'],
      ['--create', '--topic', 'NAME'],
      ['--create', '--topic', 'NAME', '--if-not-exists'],
      ['--describe', '--topic', 'NAME'],
    ],
  },
  {
    name: 'create with a dot, and what collides with it',
    lines: [
      ['--create', '--topic', 'NAME.pin'],
      ['--create', '--topic', 'NAME.pin'],
      ['--create', '--topic', 'NAME.pin', '--if-not-exists'],
      ['--create', '--topic', 'NAME_pin'],
    ],
  },
  {
    name: 'create with bad names',
    lines: [
      ['--create', '--topic', 'NAME/pin'],
      ['--create', '--topic', ''],
      ['--create', '--topic', '.'],
      ['--create', '--topic', '..'],
      ['--create', '--topic', 'x'.repeat(250)],
      ['--create', '--topic', 'NAMEwéird'],
      ['--create', '--topic=', 'NAME'],
    ],
  },
  {
    name: 'create with bad numbers',
    lines: [
      ['--create', '--topic', 'NAME', '--partitions', '0'],
      ['--create', '--topic', 'NAME', '--partitions', '-1'],
      ['--create', '--topic', 'NAME', '--partitions', 'three'],
      ['--create', '--topic', 'NAME', '--partitions', '99999999999'],
      ['--create', '--topic', 'NAME', '--partitions', '1', '--partitions', '2'],
      ['--create', '--topic', 'NAME', '--replication-factor', '0'],
      ['--create', '--topic', 'NAME', '--replication-factor', '40000'],
      ['--create', '--topic', 'NAME', '--replication-factor', '3'],
      ['--create', '--topic', 'NAME', '--topic', 'other'],
    ],
  },
  {
    name: 'create with configs',
    lines: [
      ['--create', '--topic', 'NAME', '--config', 'retention.ms'],
      ['--create', '--topic', 'NAME', '--config', 'retention.ms='],
      ['--create', '--topic', 'NAME', '--config', 'a=b=c'],
      ['--create', '--topic', 'NAME', '--config', 'retention.ms = 5', '--config', 'cleanup.policy=compact'],
      ['--describe', '--topic', 'NAME'],
      ['--describe', '--topic', 'NAME', '--topics-with-overrides'],
    ],
  },
  {
    name: 'create with assigned replicas',
    lines: [
      ['--create', '--topic', 'NAME', '--replica-assignment', '1:1'],
      ['--create', '--topic', 'NAME', '--replica-assignment', '1,1:2'],
      ['--create', '--topic', 'NAME', '--replica-assignment', 'a'],
      ['--create', '--topic', 'NAME', '--replica-assignment', '77'],
      ['--create', '--topic', 'NAME', '--replica-assignment', '1,1', '--partitions', '2'],
      ['--create', '--topic', 'NAME', '--replica-assignment', '1,1'],
      ['--describe', '--topic', 'NAME'],
      ['--alter', '--topic', 'NAME', '--partitions', '3', '--replica-assignment', '1,1'],
      ['--alter', '--topic', 'NAME', '--partitions', '3', '--replica-assignment', '1,1,77'],
      ['--alter', '--topic', 'NAME', '--partitions', '3', '--replica-assignment', '1,1,1'],
    ],
  },
  {
    name: 'list',
    lines: [
      ['--create', '--topic', 'NAME.a'],
      ['--create', '--topic', 'NAME-b'],
      ['--list', '--topic', 'NAME.*'],
      ['--list', '--topic', 'NAME.*', '--exclude-internal'],
      ['--list', '--topic', 'NAME\\.a'],
      ['--list', '--topic', 'NAME-b , NAME.a'],
      ['--list', '--topic', '"NAME-b"'],
      ['--list', '--topic', '(?i)name.*'],
      ['--list', '--topic', '\\QNAME.a\\E'],
      ['--list', '--topic', 'NAME'],
      ['--list', '--topic', ''],
      ['--list', '--topic', '['],
      ['--list', '--topic', '*'],
      ['--list', 'what else', '-', '--topic', 'NAME-b'],
      ['-list', '-topic', 'NAME-b'],
      ['--list', '--topic=NAME-b'],
    ],
  },
  {
    name: 'describe',
    lines: [
      ['--describe', '--topic', 'NAME'],
      ['--describe', '--topic', 'NAME', '--if-exists'],
      ['--describe', '--if-exists'],
      ['--describe', '--topic', ''],
      ['--create', '--topic', 'NAME.a', '--partitions', '2'],
      ['--describe', '--topic', 'NAME.a'],
      ['--describe', '--topic', 'NAME.a', '--exclude-internal'],
      ['--describe', '--topic', 'NAME.a', '--under-replicated-partitions'],
      ['--describe', '--topic', 'NAME.a', '--unavailable-partitions'],
      ['--describe', '--topic', 'NAME.a', '--under-min-isr-partitions'],
      ['--describe', '--topic', 'NAME.a', '--at-min-isr-partitions'],
      ['--describe', '--topic', 'NAME.a', '--topics-with-overrides'],
      ['--describe', '--topic', 'NAME.a', '--topics-with-overrides', '--at-min-isr-partitions'],
      ['--describe', '--topic-id', 'A'.repeat(22), '--topic', 'NAME.a'],
      ['--describe', '--topic-id', 'A'.repeat(22), '--topic', 'NAME.a', '--if-exists'],
      ['--describe', '--topic-id', `bb${'A'.repeat(20)}`],
    ],
  },
  {
    name: 'alter up, the same, down, missing',
    lines: [
      ['--create', '--topic', 'NAME', '--partitions', '2'],
      ['--alter', '--topic', 'NAME', '--partitions', '4'],
      ['--describe', '--topic', 'NAME'],
      ['--alter', '--topic', 'NAME', '--partitions', '4'],
      ['--alter', '--topic', 'NAME', '--partitions', '1'],
      ['--alter', '--topic', 'NAME', '--partitions', '0'],
      ['--alter', '--topic', 'NAME', '--partitions', 'x'],
      ['--alter', '--topic', 'NAME-missing', '--partitions', '4'],
      ['--alter', '--topic', 'NAME-missing', '--partitions', '4', '--if-exists'],
    ],
  },
  {
    name: 'delete, delete missing, delete several',
    lines: [
      ['--delete', '--topic', 'NAME'],
      ['--delete', '--topic', 'NAME', '--if-exists'],
      ['--create', '--topic', 'NAME-1'],
      ['--create', '--topic', 'NAME-2'],
      ['--create', '--topic', 'NAME'],
      ['--delete', '--topic', 'NAME-.*'],
      ['--list', '--topic', 'NAME.*'],
      ['--delete', '--topic', ''],
    ],
  },
  {
    name: 'command lines that contradict themselves',
    lines: [
      [],
      ['--list', '--describe'],
      ['--create'],
      ['--delete'],
      ['--alter', '--topic', 'NAME'],
      ['--alter', '--topic', 'NAME', '--partitions', '2', '--config', 'a=b'],
      ['--alter', '--topic', 'NAME', '--partitions', '2', '--replication-factor', '2'],
      ['--alter', '--topic', 'NAME', '--partitions', '2', '--if-not-exists'],
      ['--create', '--topic', 'NAME', '--if-exists'],
      ['--create', '--topic', 'NAME', '--exclude-internal'],
      ['--delete', '--topic', 'NAME', '--exclude-internal'],
      ['--list', '--partitions', '3'],
      ['--list', '--if-not-exists'],
      ['--list', '--under-replicated-partitions'],
      ['--list', '--bogus'],
      ['--list', '-bogus'],
      ['--list', '--topic'],
      ['--list', '--topic', 'a', '--topic', 'b'],
      ['--list', '--topic', 'NAME', '--delete-config', 'x'],
      ['--list', '--command-config', '/does/not/exist'],
      ['--list', '--help'],
    ],
  },
]

describe('the flags of kafka-topics.sh do what the Java tool does', () => {
  for (const { name, lines } of cases) {
    stackTest(name, { timeout: 180_000 }, async ({ kafka }) => {
      const { java, ours } = await bothSay(kafka.bootstrapServers, lines)
      const withLine = (said: readonly Said[]) =>
        said.map((each, at) => ({ line: lines[at]?.join(' '), ...each }))
      expect(withLine(ours)).toEqual(withLine(java))
    })
  }

  stackTest(
    "the tutorial's commands work, and the Java tool sees the topics",
    { timeout: 180_000 },
    async ({ kafka }) => {
      await using folder = await temporaryFolder()
      const file = join(folder.path, 'client.properties')
      await writeFile(file, 'security.protocol=PLAINTEXT\nclient.id=tutorial\n')
      const user = unique('user')
      const connect = ['--bootstrap-server', kafka.bootstrapServers, '--command-config', file]
      for (const suffix of ['pin', 'geo', 'user']) {
        const { stdout, code } = await runTopics([...connect, '--create', '--topic', `${user}.${suffix}`])
        expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({
          code: 0,
          last: `Created topic ${user}.${suffix}.`,
        })
      }
      const ours = await runTopics([...connect, '--list', '--topic', `${user}.*`])
      const java = await runJavaTool('kafka-topics', [...connect, '--list', '--topic', `${user}.*`])
      expect(ours.stdout).toBe(`${user}.geo\n${user}.pin\n${user}.user\n`)
      expect(java.stdout).toBe(ours.stdout)
    },
  )
})
