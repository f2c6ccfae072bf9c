import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until it is so, or fails after half a minute with what was awaited. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`)
    await sleep(10)
  }
}
