import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'pinpipe-package-'))

afterAll(() => rmSync(folder, { recursive: true }))

function packageApp(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', join(root, 'scripts/package-app.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
  })
}

function builtAt(app: string): number {
  return statSync(join(root, 'apps', app, `dist/${app}.js`)).mtimeMs
}

test('an archive holds the bundle, its map, package.json and the unit, of nobody and of no time', () => {
  const { stdout, status } = packageApp('topic-admin', '--to', folder)
  expect(status).toBe(0)
  const { app, archive, sha256 } = JSON.parse(stdout) as Record<string, string>
  expect({ app, archive }).toEqual({ app: 'topic-admin', archive: join(folder, 'topic-admin-0.0.0.tgz') })
  expect(sha256).toBe(createHash('sha256').update(readFileSync(archive!)).digest('hex'))

  const listing = execFileSync('tar', ['-tvzf', archive!, '--utc'], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
  expect(listing.map((line) => line.replace(/ +\d+ 1970/, ' 1970'))).toEqual([
    '-rw-r--r-- 0/0 1970-01-01 00:00 topic-admin.js',
    '-rw-r--r-- 0/0 1970-01-01 00:00 topic-admin.js.map',
    '-rw-r--r-- 0/0 1970-01-01 00:00 package.json',
    '-rw-r--r-- 0/0 1970-01-01 00:00 pinpipe-topic-admin.service',
  ])
})

test('what was unpacked from it runs with plain node, and its unit is the one beside the app', () => {
  packageApp('topic-admin', '--to', folder)
  const unpacked = join(folder, 'unpacked')
  mkdirSync(unpacked)
  execFileSync('tar', ['-xzf', join(folder, 'topic-admin-0.0.0.tgz'), '-C', unpacked])
  const version = execFileSync(process.execPath, [join(unpacked, 'topic-admin.js'), '--version'], {
    encoding: 'utf8',
  })
  expect(version).toContain('0.0.0')
  const unit = 'pinpipe-topic-admin.service'
  expect(readFileSync(join(unpacked, unit), 'utf8')).toBe(
    readFileSync(join(root, 'apps/topic-admin', unit), 'utf8'),
  )
})

test('the same content makes the same bytes at another time', () => {
  const first = JSON.parse(packageApp('producer', '--to', folder).stdout) as {
    archive: string
    sha256: string
  }
  const then = builtAt('producer')
  const second = JSON.parse(packageApp('producer', '--to', join(folder, 'other')).stdout) as typeof first
  expect(builtAt('producer')).toBeGreaterThan(then)
  expect(second.archive).not.toBe(first.archive)
  expect(second.sha256).toBe(first.sha256)
})

test('stderr says how to upload it under its checksum, never over another one, and how to deploy it', () => {
  const { stdout, stderr } = packageApp('consumer', '--to', folder)
  const { archive, sha256 } = JSON.parse(stdout) as { archive: string; sha256: string }
  const key = `releases/consumer/consumer-${sha256.slice(0, 12)}.tgz`
  expect(stderr).toContain(
    `aws s3api put-object --bucket <bucket> --key ${key} --body ${archive} --if-none-match '*'\n`,
  )
  expect(stderr).toContain(`sudo /usr/local/bin/pinpipe-deploy consumer s3://<bucket>/${key} ${sha256}\n`)
})

test.each([[[]], [['worker']], [['producer', 'consumer']]])(
  'packaging %j is refused with the names of the apps',
  (args) => {
    const { stdout, stderr, status } = packageApp(...args)
    expect({ stdout, stderr, status }).toEqual({
      stdout: '',
      stderr: 'Name the app to package: package-app <producer|consumer|topic-admin> [--to <folder>].\n',
      status: 64,
    })
  },
)
