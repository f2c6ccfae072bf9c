import { access, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from './folder.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinpipe-folder-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('makeFolder', () => {
  it('makes all that is missing and tells the topmost that it made', async () => {
    expect(await makeFolder(join(root, 'a/b/c'))).toBe(join(root, 'a'))
    await expect(access(join(root, 'a/b/c'))).resolves.toBeUndefined()
    expect(await makeFolder(join(root, 'a/b/d'))).toBe(join(root, 'a/b/d'))
  })

  it('leaves a folder that is there, also behind a link', async () => {
    await mkdir(join(root, 'there'))
    await symlink(join(root, 'there'), join(root, 'link'))
    expect(await makeFolder(join(root, 'there'))).toBeUndefined()
    expect(await makeFolder(join(root, 'link'))).toBeUndefined()
    expect(await makeFolder('/')).toBeUndefined()
  })

  it('makes a folder once when several ask for it', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => makeFolder(join(root, 'x/y/z'))))
    expect(made.filter((first) => first !== undefined).length).toBeGreaterThan(0)
    await expect(access(join(root, 'x/y/z'))).resolves.toBeUndefined()
  })

  it('makes folders side by side below parents that are missing', async () => {
    const rounds = Array.from({ length: 50 }, (_, round) =>
      Promise.all(Array.from({ length: 8 }, (__, leaf) => makeFolder(join(root, `r${round}/x/y/${leaf}`)))),
    )
    await Promise.all(rounds)
    await expect(access(join(root, 'r49/x/y/7'))).resolves.toBeUndefined()
  })

  it('ends with an error where a file stands in the way', async () => {
    await writeFile(join(root, 'file'), '')
    await expect(makeFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makeFolder(join(root, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  it.runIf(process.platform === 'linux')(
    'ends with an error where the parent is there and takes no folder',
    async () => {
      await expect(makeFolder('/proc/pinpipe/lake')).rejects.toMatchObject({ code: 'ENOENT' })
    },
  )
})
