// Ports for servers that cannot be asked to choose one themselves.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { AddressInUse } from './start-errors.ts'

// Below the range that the kernel hands out to outgoing connections (32768 and up on Linux, 49152 and up on macOS): a
// connection of another test cannot take a port between choosing and binding it.
const lowest = 15_000
const highest = 32_000

/**
 * Runs `start` with ports that were free a moment ago, and again with others when one was taken meanwhile. With `port` the
 * first is that one, and it is not tried again.
 * @param start throws AddressInUse to ask for other ports
 */
export async function withFreePorts<T>(
  count: number,
  start: (ports: readonly number[]) => Promise<T>,
  options: { port?: number } = {},
): Promise<T> {
  const attempts = options.port === undefined ? 5 : 1
  for (let attempt = 1; ; attempt += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- another attempt only after this one failed
      const free = await freePorts(count)
      return await start(options.port === undefined ? free : free.with(0, options.port))
    } catch (error) {
      if (!(error instanceof AddressInUse) || attempt >= attempts) throw error
    }
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>()
  while (found.size < count) {
    const port = randomInt(lowest, highest)
    // oxlint-disable-next-line no-await-in-loop -- few, and most are free
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = createServer()
  probe.once('error', () => resolve(false))
  // All addresses: a server on 0.0.0.0 would otherwise be overlooked.
  probe.listen(port, () => probe.close(() => resolve(true)))
  return await promise
}
