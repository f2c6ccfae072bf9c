/** A disk that is full (F11) ends the sink with a clear sentence and no torn file; with more space it goes on. */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { bundle } from './instrumented-consumer.ts'
import { ProvingGround } from './proving-ground.ts'
import { seed } from './seed.ts'

const run = promisify(execFile)

test('a lake that is full, and then is not', { timeout: 120_000 }, async ({ skip }) => {
  await using ground = await ProvingGround.open({ scenario: 'full-disk', seed, bundle, partitions: 4 })
  await using disk = await smallDisk(ground.lake.replace(/^dir:/, ''))
  if (disk === undefined) skip('only root on Linux may mount a small disk')
  await ground.load({ batch: 200 }).send(200)
  const stopped = ground.fleet({ args: ['--max-records', '500'] })
  expect(await ground.storeAll(stopped)).toMatchObject({ code: 1 })
  expect(stopped.output).toMatch(
    /consumer: the lake .* is full: free some space and start again; nothing was committed/,
  )
  expect((await ground.check({ isComplete: false })).findings).toEqual([])

  await disk?.resize('64m')
  const fleet = ground.fleet()
  await ground.storeAll(fleet)
  expectExact(await ground.conclude([fleet], { 'disk full': 1 }), { 'disk full': 1 })
})

/** A file system of its own, in memory; undefined where that is not allowed. */
async function smallDisk(path: string) {
  await mkdir(path, { recursive: true })
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', path]).catch(() => undefined)
  if (mounted === undefined) return undefined
  return {
    resize: (size: string) => run('mount', ['-o', `remount,size=${size}`, path]),
    async [Symbol.asyncDispose]() {
      await run('umount', ['-l', path])
    },
  }
}
