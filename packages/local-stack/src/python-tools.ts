// Programs that are had from PyPI: a virtual environment for each set, made once in the user's cache folder.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './environment.ts'
import { mustRun } from './run-program.ts'

/**
 * Makes a virtual environment with what a requirements file says, unless it is in the cache; returns the folder of its
 * programs. Another content of the file is another environment.
 * @throws Error with the last lines of Python or pip
 */
export async function fetchPythonTools(name: string, requirementsFile: string): Promise<string> {
  const requirements = await readFile(requirementsFile, 'utf8')
  const version = createHash('sha256').update(requirements).digest('hex').slice(0, 12)
  const folder = join(cacheFolder(), `${name}-${version}`)
  const programs = join(folder, 'bin')
  // An environment holds its own path, so it cannot be made aside and renamed: the mark is written last.
  const mark = join(folder, 'complete')
  if (await exists(mark)) return programs
  await rm(folder, { recursive: true, force: true })
  await mkdir(cacheFolder(), { recursive: true })
  await mustRun('python3', ['-m', 'venv', folder])
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    requirementsFile,
  ]
  await mustRun(join(programs, 'python3'), pip)
  await writeFile(mark, '')
  return programs
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
