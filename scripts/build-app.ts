/**
 * Bundles one app into `apps/<app>/dist/`: `<app>.js` with everything it needs, its source map, a `package.json` that
 * says ESM, and the systemd unit. The folder alone runs with `node <app>.js`: no `node_modules` beside it, nothing native
 * in it.
 *
 * Usage: `build-app.ts <app>`, called by each app's `build` script (`pnpm turbo build`).
 */
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundleOptions } from './bundle-options.ts'

const [app] = process.argv.slice(2)
if (app === undefined) throw new Error('Name the app to build: build-app.ts <producer|consumer|topic-admin>.')

const folder = fileURLToPath(new URL(`../apps/${app}/`, import.meta.url))
const manifest = JSON.parse(await readFile(`${folder}package.json`, 'utf8')) as {
  name: string
  version: string
}

// Written aside, then moved file by file: a build never leaves a moment without a bundle for a process that starts it.
const fresh = `${folder}dist/.new-${process.pid}`
await mkdir(fresh, { recursive: true })
await build({
  entryPoints: [`${folder}src/main.ts`],
  outfile: `${fresh}/${app}.js`,
  ...bundleOptions,
})
const runtime = { name: manifest.name, version: manifest.version, private: true, type: 'module' }
await writeFile(`${fresh}/package.json`, `${JSON.stringify(runtime, null, 2)}\n`)
const unit = `pinpipe-${app}.service`
await copyFile(`${folder}${unit}`, `${fresh}/${unit}`)
for (const file of [`${app}.js.map`, `${app}.js`, 'package.json', unit])
  // oxlint-disable-next-line no-await-in-loop -- the map before the code that names it
  await rename(`${fresh}/${file}`, `${folder}dist/${file}`)
await rm(fresh, { recursive: true })
