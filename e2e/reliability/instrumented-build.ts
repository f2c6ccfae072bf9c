/**
 * Bundles an app as `scripts/build-app.ts` does, with two differences that only a test wants: lines
 * `// failpoint: name` become calls of `failpoint-runtime.ts`, and single snippets of source may be replaced (mutants).
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { bundleOptions } from '../../scripts/bundle-options.ts'

/** One snippet of a source file, which holds it exactly once, and what takes its place. */
export type SourceChange = {
  /** From the repository's root: `apps/consumer/src/storer.ts`. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export type InstrumentedBuild = {
  /** The bundle's path: run it with `node`. */
  readonly bundle: string
  /** Names of all failpoints in it, sorted. */
  readonly failpoints: readonly string[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const runtime = fileURLToPath(new URL('failpoint-runtime.ts', import.meta.url))
const failpointLine = /^([ \t]*)\/\/ failpoint: ([a-z][a-z0-9-]*)$/gm

/**
 * Builds into `folder` (in about half a second). Throws what esbuild says, also for a failpoint outside of an async
 * function, and an Error for a change whose snippet is not in its file exactly once.
 */
export async function buildInstrumented(
  app: 'consumer' | 'producer',
  folder: string,
  changes: readonly SourceChange[] = [],
): Promise<InstrumentedBuild> {
  const failpoints = new Set<string>()
  const pending = new Set(changes)
  const instrument: Plugin = {
    name: 'failpoints',
    setup(esbuild) {
      esbuild.onLoad({ filter: /\/(apps|packages)\/[a-z-]+\/src\/.*\.ts$/ }, async ({ path }) => {
        const file = relative(root, path)
        let contents = await readFile(path, 'utf8')
        for (const change of changes.filter((one) => one.file === file)) {
          contents = changed(contents, change)
          pending.delete(change)
        }
        for (const { 2: name = '' } of contents.matchAll(failpointLine)) failpoints.add(name)
        return {
          contents: contents.replace(failpointLine, '$1await globalThis.__failpoint("$2");'),
          loader: 'ts',
        }
      })
    },
  }
  const bundle = join(folder, `${app}.js`)
  await build({
    ...bundleOptions,
    entryPoints: [join(root, `apps/${app}/src/main.ts`)],
    outfile: bundle,
    inject: [runtime],
    plugins: [instrument],
    // What goes wrong is thrown.
    logLevel: 'silent',
  })
  const [unused] = pending
  if (unused !== undefined) throw new Error(`${unused.file} is not part of the ${app}: nothing was changed`)
  const manifest = await readFile(join(root, `apps/${app}/package.json`), 'utf8')
  const { name, version } = JSON.parse(manifest) as { name: string; version: string }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }))
  return { bundle, failpoints: [...failpoints].toSorted() }
}

function changed(source: string, { file, from, to }: SourceChange): string {
  const [before, after, ...more] = source.split(from)
  if (before === undefined || after === undefined || more.length > 0) {
    const times = source.split(from).length - 1
    throw new Error(`${file} holds the snippet to change ${times} times instead of once:\n${from}`)
  }
  return before + to + after
}
