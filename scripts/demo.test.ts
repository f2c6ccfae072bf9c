import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { once } from 'node:events'
import { expect, test } from 'vitest'

test('the demo needs nothing but Node, compares the lake with what was sent, and ends with 0', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'demo.ts')], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: dirname(process.execPath), HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect([(await ended)[0], stdout, stderr]).toEqual([
    0,
    expect.stringMatching(/nothing missing, nothing twice\.[^]*all +30,000 +36 +9\.\d MB/),
    expect.stringContaining('10,000 of 10,000 posts, 30,000 records acknowledged'),
  ])
})
