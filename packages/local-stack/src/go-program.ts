// A Go that can build versitygw, from whatever Go the machine has: Debian 12 has 1.19, which is too old for its module.
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from './run-program.ts'

const wanted = 'go1.25.5'

/**
 * The path of a Go program. Go 1.21 and newer fetch the version that a module asks for by themselves; for an older one
 * this does what they do: the compiler is a module too (https://go.dev/doc/toolchain).
 * @throws Error with Go's last lines
 */
export async function goProgram(): Promise<string> {
  const version = await mustRun('go', ['env', 'GOVERSION'])
  if (isNewEnough(version)) return 'go'
  const [os = '', architecture = ''] = (await mustRun('go', ['env', 'GOOS', 'GOARCH'])).trim().split('\n')
  const module = `golang.org/toolchain@v0.0.1-${wanted}.${os}-${architecture}`
  const found: { Dir: string } = JSON.parse(await mustRun('go', ['mod', 'download', '-json', module]))
  // Files of a module are not executable; these are programs.
  const folders = [join(found.Dir, 'bin'), join(found.Dir, 'pkg', 'tool', `${os}_${architecture}`)]
  await Promise.all(folders.map(makeExecutable))
  return join(found.Dir, 'bin', 'go')
}

/** Whether a Go says of itself that it is 1.21 or newer, such as `go1.26.8`. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version.trim()) ?? []
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 21)
}

async function makeExecutable(folder: string): Promise<void> {
  const names = await readdir(folder)
  await Promise.all(names.map(async (name) => await chmod(join(folder, name), 0o555)))
}
