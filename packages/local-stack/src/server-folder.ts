// The temporary folder of a server: made, emptied but for its logs, removed.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { StartFailure } from './start-errors.ts'

/**
 * Makes a folder and starts a server in it. When that fails nothing stays behind, but for the log of a StartFailure,
 * whose message names it.
 */
export async function inServerFolder<T>(name: string, start: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `pinpipe-${name}-`))
  try {
    return await start(folder)
  } catch (error) {
    if (error instanceof StartFailure) await removeAllBut(folder, [error.log])
    else await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Removes everything in a folder but the given files and the folders that lead to them. */
export async function removeAllBut(folder: string, keep: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      if (keep.includes(path)) return
      if (keep.some((file) => file.startsWith(path + sep))) await removeAllBut(path, keep)
      else await rm(path, { recursive: true, force: true })
    }),
  )
}
