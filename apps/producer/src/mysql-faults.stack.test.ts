import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { type MySqlFacts } from '@pinpipe/local-stack/mariadb'
import { describe, expect } from 'vitest'
import {
  faultKinds,
  startFaultyProxy,
  type FaultKind,
  type FaultPoint,
  type FaultyProxy,
} from './testing/faulty-proxy.ts'
import { recordsIn, runProducer, summaryIn } from './testing/run-producer.ts'
import { connectTo, fillTables, sampleRows } from './testing/stack-data.ts'

const posts = 4000

/** A filled database behind a proxy that breaks connections. */
async function behindFaults(
  mariadb: MySqlFacts & { createDatabase(name: string): Promise<string> },
  kind: FaultKind,
  faultsAt: readonly FaultPoint[],
): Promise<AsyncDisposable & { readonly proxy: FaultyProxy; readonly argv: readonly string[] }> {
  const url = new URL(await mariadb.createDatabase(unique('pin')))
  const admin = await connectTo(url.href, mariadb.password)
  await fillTables(admin, sampleRows(posts))
  const proxy = await startFaultyProxy({
    target: mariadb,
    kind,
    faultsAt,
    kill: async (id) => void (await admin.query(`KILL ${id}`)),
  })
  url.port = String(proxy.port)
  const argv = ['--source', url.href, '--mysql-timeout', '400ms', '--out', 'stdout']
  const dispose = async (): Promise<void> => {
    await proxy[Symbol.asyncDispose]()
    await admin.end()
  }
  return { proxy, argv, [Symbol.asyncDispose]: dispose }
}

/** Amid rows, in the greeting of the fresh connection, before its first statement, and once more amid rows. */
const faults: readonly FaultPoint[] = [300_000, 50, 'first statement', 800_000]

describe('producer, when the connection to MySQL dies in the middle of reading', () => {
  for (const kind of faultKinds)
    for (const mode of ['sequential', 'shuffle'])
      stackTest(
        `M1, M2: ${kind}: it is noticed, the statement runs again, nothing is lost or repeated (${mode})`,
        // Far below --mysql-retry, and below the sum of the default time-outs.
        { timeout: 20_000 },
        async ({ mariadb }) => {
          await using faulty = await behindFaults(mariadb, kind, faults)
          const { code, stdout, stderr } = await runProducer([...faulty.argv, '--mode', mode], {
            MYSQL_PASSWORD: mariadb.password,
          })
          expect(faulty.proxy.seen).toEqual({ faults: faults.length, connections: faults.length + 1 })
          const summary = summaryIn(stderr)
          expect([code, summary]).toMatchObject([
            0,
            { posts, acked: 3 * posts, failed: 0, sourceRetries: faults.length },
          ])
          const reason = kind === 'black hole' ? /PROTOCOL_SEQUENCE_TIMEOUT/ : /does not answer/
          expect(stderr).toMatch(reason)
          const keys = recordsIn(stdout).map(({ topic, key }) => `${topic} ${key}`)
          const expected = ['pin', 'geo', 'user'].flatMap((suffix) =>
            Array.from({ length: posts }, (_, n) => `pinpipe.${suffix} ${n}`),
          )
          expect(keys.toSorted()).toEqual(expected.toSorted())
        },
      )

  for (const kind of faultKinds)
    stackTest(`M1: ${kind} on every connection: exit 5 when --mysql-retry is over`, async ({ mariadb }) => {
      const everyConnection = Array.from({ length: 200 }, () => 'first statement' as const)
      await using faulty = await behindFaults(mariadb, kind, [300_000, ...everyConnection])
      const { code, stderr } = await runProducer([...faulty.argv, '--mysql-retry', '1s'], {
        MYSQL_PASSWORD: mariadb.password,
      })
      expect(faulty.proxy.seen.faults).toBeGreaterThan(1)
      expect([code, stderr]).toEqual([5, expect.stringContaining('does not answer')])
    })
})
