// For the tests that start servers of their own: whether one can be started here, and what is left of it.
import { access } from 'node:fs/promises'
import { expect } from 'vitest'
import { type ServerName, findMissing } from './prerequisites.ts'
import { runProgram } from './run-program.ts'
import { type Server } from './server.ts'

const missing = new Set((await findMissing()).map(({ server }) => server))

/** Skips a test that starts a server of its own where that is not possible, whatever the run itself uses. */
export function needs(server: ServerName, skip: (note: string) => void): void {
  if (missing.has(server)) skip(`${server} cannot be started here`)
}

/** Whether a process of that id runs. */
export async function isAlive(pid: number | undefined): Promise<boolean> {
  return pid !== undefined && (await runProgram('sh', ['-c', `kill -0 ${pid}`])).code === 0
}

/** Whether there is a file or a folder at that path. */
export async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

/** Stops a running server and checks that neither its process nor its folder is left. */
export async function stopsWithoutTrace(server: Server): Promise<void> {
  const { pid } = server
  expect(await isAlive(pid)).toBe(true)
  await server.stop()
  expect(await isAlive(pid)).toBe(false)
  expect(await exists(server.folder)).toBe(false)
}
