/** Reads what `node --cpu-prof` writes: which functions the time went to, named by their place in the source. */
import { readdir, readFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
      readonly columnNumber: number
    }
  }[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

export type SelfTime = { readonly name: string; readonly ms: number }

/** Self time by function, the largest first; `placeOf` names the place of a frame. Pure. */
export function selfTimes(
  profile: CpuProfile,
  placeOf: (frame: CpuProfile['nodes'][number]['callFrame']) => string,
): readonly SelfTime[] {
  const nodes = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const times = new Map<string, number>()
  for (const [i, id] of profile.samples.entries()) {
    const frame = nodes.get(id)
    if (frame === undefined) continue
    const place = placeOf(frame)
    const name = `${frame.functionName || '(anonymous)'}${place === '' ? '' : ` ${place}`}`
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0) / 1000)
  }
  return [...times].map(([name, ms]) => ({ name, ms })).toSorted((a, b) => b.ms - a.ms)
}

/** The only profile in the folder, with the bundle's source map applied. */
export async function readSelfTimes(folder: string): Promise<readonly SelfTime[]> {
  const file = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'))
  if (file === undefined) throw new Error(`There is no profile in ${folder}.`)
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile
  const urls = new Set(profile.nodes.map(({ callFrame }) => callFrame.url))
  const maps = new Map<string, SourceMap>()
  for (const url of [...urls].filter((each) => each.startsWith('file:'))) {
    // oxlint-disable-next-line no-await-in-loop -- one or two files
    const text = await readFile(`${fileURLToPath(url)}.map`, 'utf8').catch(() => undefined)
    if (text !== undefined) maps.set(url, new SourceMap(JSON.parse(text)))
  }
  return selfTimes(profile, ({ url, lineNumber, columnNumber }) => {
    const origin = maps.get(url)?.findEntry(lineNumber, columnNumber)
    if (origin === undefined || !('originalSource' in origin)) return basename(url)
    return `${origin.originalSource.split('/').slice(-3).join('/')}:${origin.originalLine + 1}`
  })
}
