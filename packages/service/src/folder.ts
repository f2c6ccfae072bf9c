import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and what is missing above it, as `mkdir -p` does. Node's own `recursive` never returns where the
 * parent is there and still answers ENOENT (/proc, some network file systems).
 * @returns the topmost folder that was made; `undefined` when all of them were there
 * @throws what the file system answers: ENOTDIR or EEXIST when a part of the path is a file, EACCES, EROFS, ENOENT, …
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const problem = await tryToMake(path)
  if (problem === undefined) return path
  const parent = dirname(path)
  if (problem.code === 'EEXIST' && (await isFolder(path))) return undefined
  if (problem.code !== 'ENOENT' || parent === path) throw problem
  // A parent that is there now may have been made meanwhile: then the second try works, else its answer counts.
  const first = (await isFolder(parent)) ? undefined : await makeFolder(parent)
  const remaining = await tryToMake(path)
  // Somebody else may have made it meanwhile.
  if (remaining !== undefined && !(await isFolder(path))) throw remaining
  return first ?? (remaining === undefined ? path : undefined)
}

async function tryToMake(path: string): Promise<(Error & { readonly code: unknown }) | undefined> {
  try {
    await mkdir(path)
    return undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
