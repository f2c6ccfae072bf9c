// Programs that are had from the Go module proxy: built once by Go into the user's cache folder.
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from './environment.ts'
import { goProgram } from './go-program.ts'
import { mustRun } from './run-program.ts'

export type GoTool = {
  /** Of the program, and the last part of its package's path. */
  readonly name: string
  /** What `go install` is given, without the version. */
  readonly package: string
  readonly version: string
}

/** The program's path in the cache, whether it is there or not. */
export function goToolPath({ name, version }: GoTool): string {
  return join(cacheFolder(), `${name}-${version}`, name)
}

/** Whether the program is in the cache. */
export async function hasGoTool(tool: GoTool): Promise<boolean> {
  return await stat(goToolPath(tool)).then(
    () => true,
    () => false,
  )
}

/** Builds the program unless it is in the cache; returns its path. @throws Error with Go's last lines */
export async function fetchGoTool(tool: GoTool): Promise<string> {
  const program = goToolPath(tool)
  if (await hasGoTool(tool)) return program
  await mkdir(cacheFolder(), { recursive: true })
  const work = await mkdtemp(join(cacheFolder(), `${tool.name}.`))
  try {
    const env = { GOBIN: work, GOFLAGS: '-trimpath' }
    await mustRun(await goProgram(), ['install', `${tool.package}@${tool.version}`], { env })
    await mkdir(dirname(program), { recursive: true })
    await rename(join(work, tool.name), program)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return program
}
