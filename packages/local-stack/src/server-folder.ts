// The temporary folder of a server: made, emptied but for its logs, removed.
import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartFailure } from './start-errors.ts'

/**
 * Makes a folder and starts a server in it. When that fails nothing stays behind, but for the logs of a StartFailure,
 * whose message names them.
 */
export async function inServerFolder<T>(name: string, start: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `pinpipe-${name}-`))
  try {
    return await start(folder)
  } catch (error) {
    if (error instanceof StartFailure) await removeAllButLogs(folder)
    else await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Removes everything in a folder but files named `*.log`, and folders that are empty then. */
export async function removeAllButLogs(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const unwanted = entries.filter((entry) => !entry.isDirectory() && !entry.name.endsWith('.log'))
  await Promise.all(
    unwanted.map(async (entry) => await rm(join(entry.parentPath, entry.name), { force: true })),
  )
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const each of folders.toSorted((a, b) => b.length - a.length)) {
    // oxlint-disable-next-line no-await-in-loop -- inner folders first; one with a log stays
    await rmdir(each).catch(() => {})
  }
}
