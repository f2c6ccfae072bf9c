/**
 * A lake in a folder. An object appears at once and whole: it is written to `_tmp`, made durable, and then linked to its
 * name, which fails if the name is taken (link(2) is atomic and never replaces).
 */
import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { link, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { Failure } from '@pinpipe/service/failure'
import { makeFolder } from '@pinpipe/service/folder'
import { decompressed } from '../format/compress.ts'
import type { CreateOutcome, NewObject, ObjectFacts, Store } from './store.ts'

const temporaryFolder = '_tmp'
/** What a crashed process left in `_tmp` for this long is nobody's any more. */
const abandonedAfterMs = 24 * 3_600_000

/** Opens the folder, and makes it if it is not there. Throws a Failure when it cannot be written. */
export async function openFolderStore(path: string): Promise<Store> {
  const store = new FolderStore(resolve(path))
  await store.prepare()
  return store
}

class FolderStore implements Store {
  readonly name: string
  readonly #root: string
  readonly #temporary: string
  /** Folders that are known to be there, durably. */
  readonly #folders = new Set<string>()

  constructor(root: string) {
    this.name = `dir:${root}`
    this.#root = root
    this.#temporary = join(root, temporaryFolder)
  }

  async prepare(): Promise<void> {
    try {
      await makeFolder(this.#temporary)
      const oldestMs = Date.now() - abandonedAfterMs
      for (const name of await readdir(this.#temporary)) {
        const file = join(this.#temporary, name)
        const found = await stat(file).catch(() => undefined)
        if (found !== undefined && found.mtimeMs < oldestMs) await rm(file, { force: true })
      }
    } catch (error) {
      throw folderFailure(error, this.#root)
    }
  }

  async create({ key, body, guard }: NewObject): Promise<CreateOutcome> {
    const temporary = join(this.#temporary, randomUUID())
    try {
      // Memory is given back as the file grows: what is read meanwhile needs it while this one is made durable.
      await this.#asFailure(() => writeDurably(temporary, body.drain()))
      while (guard?.isFresh() === false) await guard.renew()
      // failpoint: folder-written
      return await this.#asFailure(() => this.#link(temporary, key))
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined)
    }
  }

  async read(key: string): Promise<Buffer | undefined> {
    return await this.#asFailure(() => unlessMissing(readFile(join(this.#root, key))))
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    const found = await this.#asFailure(() => unlessMissing(stat(join(this.#root, key))))
    return found?.isFile() === true ? { bytes: found.size } : undefined
  }

  async *list(prefix: string, limit = Number.POSITIVE_INFINITY, after = ''): AsyncIterable<string> {
    let left = limit
    for await (const key of this.#keysBelow(prefix)) {
      if (Buffer.compare(Buffer.from(key), Buffer.from(after)) <= 0) continue
      if (left-- <= 0) return
      yield key
    }
  }

  async folders(prefix: string): Promise<readonly string[]> {
    const { folder, start } = partsOf(prefix)
    const entries = await this.#entriesOf(folder)
    return entries
      .filter((entry) => entry.isDirectory() && entry.name.startsWith(start))
      .map(({ name }) => name.slice(start.length))
  }

  async open(key: string): Promise<Readable> {
    if ((await this.head(key)) === undefined)
      throw new Failure(`${this.name}/${key} is not there: somebody has deleted it`)
    const file = await this.#asFailure(() => open(join(this.#root, key), 'r'))
    return file.createReadStream()
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async *#keysBelow(prefix: string): AsyncIterable<string> {
    const { folder, start } = partsOf(prefix)
    for (const entry of await this.#entriesOf(folder)) {
      if (!entry.name.startsWith(start)) continue
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (key === temporaryFolder) continue
      if (entry.isDirectory()) yield* this.#keysBelow(`${key}/`)
      else yield key
    }
  }

  /** In the order of the bytes of their keys: a folder sorts as if its name ended in a slash. */
  async #entriesOf(folder: string): Promise<Dirent[]> {
    const path = join(this.#root, folder)
    const entries = await this.#asFailure(() => unlessMissing(readdir(path, { withFileTypes: true })))
    return (entries ?? []).toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)))
  }

  /**
   * The entry is durable before it is called the same, too: who linked it may have died before it was. The file was durable
   * before it was linked.
   */
  async #link(temporary: string, key: string): Promise<CreateOutcome> {
    const target = join(this.#root, key)
    await this.#makeFolder(dirname(target))
    let outcome: CreateOutcome = 'created'
    try {
      await link(temporary, target)
      // failpoint: folder-linked
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      outcome = (await isSame(target, temporary, key)) ? 'same' : 'different'
    }
    await syncFolder(dirname(target))
    return outcome
  }

  /**
   * A new folder is durable once its parent is: a crash must not lose the way to an object. Those above are made durable
   * too, whoever made them: another partition may have done so just now.
   */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return
    await makeFolder(folder)
    for (let made = folder; made.length >= this.#root.length; made = dirname(made))
      await syncFolder(dirname(made))
    this.#folders.add(folder)
  }

  async #asFailure<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw folderFailure(error, this.#root)
    }
  }
}

/** `a/b/c` is everything in the folder `a/b` whose name begins with `c`. */
function partsOf(prefix: string): { readonly folder: string; readonly start: string } {
  const slash = prefix.lastIndexOf('/')
  return { folder: prefix.slice(0, Math.max(0, slash)), start: prefix.slice(slash + 1) }
}

async function writeDurably(path: string, chunks: Iterable<Buffer>): Promise<void> {
  await using file = await open(path, 'wx')
  for (const chunk of chunks) await file.writeFile(chunk)
  await file.sync()
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

/** Two objects are the same when their content is: another version of zlib may make other bytes of it. */
async function isSame(path: string, ourPath: string, key: string): Promise<boolean> {
  const [stored, ours] = [await readFile(path), await readFile(ourPath)]
  if (stored.equals(ours)) return true
  try {
    return (await decompressed(stored, key)).equals(await decompressed(ours, key))
  } catch {
    return false
  }
}

function sortKey(entry: Dirent): Buffer {
  return Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name)
}

/** Undefined when there is no such file: neither is a folder an object, nor is anything below a file. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  return await work.catch((error: unknown) => {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')) throw error
    return undefined
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** One sentence for what a file system answers. */
function folderFailure(error: unknown, root: string): Failure {
  const lake = `the lake ${root}`
  const options = { cause: error }
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        `${lake} cannot be written: give the user of this process the right to write there`,
        options,
      )
    case 'ENOENT':
      return new Failure(`${lake} cannot be made, or was taken away: choose another path`, options)
    case 'ENOTDIR':
    case 'EEXIST':
      return new Failure(
        `${lake} is not a folder, or a part of its path is a file: choose another path`,
        options,
      )
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        `${lake} is full: free some space and start again; nothing was committed that is not stored`,
        options,
      )
    case 'EXDEV':
    case 'ENOTSUP':
    case 'EOPNOTSUPP':
    case 'ENOSYS':
      return new Failure(
        `${lake} is on a file system without hard links, which creating objects exclusively needs: choose another one`,
        { ...options, exit: 'refused' },
      )
    default:
      return error instanceof Failure
        ? error
        : new Failure(`${lake} failed (${messageOf(error)}): check its disk, or choose another path`, options)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
