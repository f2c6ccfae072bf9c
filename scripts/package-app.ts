/**
 * `pnpm package-app <app> [--to <folder>]`: builds an app and packs its `dist/` into `<app>-<version>.tgz`, the archive
 * that `pinpipe-deploy` installs on a Kafka client. The same content always makes the same bytes, whoever packs it.
 *
 * Prints `{"app","archive","sha256"}`, and on stderr the commands that upload and deploy it. Needs GNU tar.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const apps = ['producer', 'consumer', 'topic-admin']

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: join(root, 'dist') } },
})
const [app = '', ...others] = positionals
if (!apps.includes(app) || others.length > 0) {
  console.error(`Name the app to package: package-app <${apps.join('|')}> [--to <folder>].`)
  process.exit(64)
}

execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build-app.ts', app], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
const dist = join(root, 'apps', app, 'dist')
const { version } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8')) as { version: string }

// Names in this order, no time, no owner, one mode: what differs from machine to machine is left out.
const files = [`${app}.js`, `${app}.js.map`, 'package.json', `pinpipe-${app}.service`]
const same = ['--format=ustar', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rw,go=r']
const tar = execFileSync('tar', ['--create', ...same, `--directory=${dist}`, ...files], {
  maxBuffer: 256 * 1024 * 1024,
})
const content = gzipSync(tar, { level: 9 })
const sha256 = createHash('sha256').update(content).digest('hex')

const archive = join(values.to, `${app}-${version}.tgz`)
mkdirSync(values.to, { recursive: true })
writeFileSync(archive, content)

// Nothing in the bucket is ever replaced: under its checksum each build has a place of its own.
const key = `releases/${app}/${app}-${sha256.slice(0, 12)}.tgz`
console.error(`Upload it (what is there already under that name is the same archive):
  aws s3api put-object --bucket <bucket> --key ${key} --body ${archive} --if-none-match '*'
Deploy it, on the Kafka client:
  sudo /usr/local/bin/pinpipe-deploy ${app} s3://<bucket>/${key} ${sha256}`)
console.log(JSON.stringify({ app, archive, sha256 }))
