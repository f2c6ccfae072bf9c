/** The settings `--partition-by`, `--time-from` and `--time-zone`, as a user writes them. */
import { BadValue, types, type SettingType } from '@pinpipe/service/settings'
import type { LayoutPart } from './layout.ts'
import type { TimeSource } from './record-time.ts'
import { timePatternOf } from './time-pattern.ts'
import { wallClockOf } from './time-zone.ts'

/** `kafka`, `time:<pattern>`, `field:<name>,<name>`, or several of them: `field:category,time:hour`. */
export const layoutType: SettingType<readonly LayoutPart[]> = types.custom({
  takes: 'LAYOUT',
  parse: parseLayout,
  show: showLayout,
})

export const timeSourceType: SettingType<TimeSource> = types.custom({
  takes: 'record|planning|field:NAME',
  parse: (text) => {
    if (text === 'record' || text === 'planning') return { from: text }
    if (text.startsWith('field:') && text.length > 6) return { from: 'field', name: text.slice(6) }
    throw new BadValue('is not one of record, planning, field:NAME')
  },
  show: (source) => (source.from === 'field' ? `field:${source.name}` : source.from),
})

export const timeZoneType: SettingType<string> = types.custom({
  takes: 'ZONE',
  parse: (text) => {
    try {
      wallClockOf(text)
      return text
    } catch {
      throw new BadValue('is no time zone: write its name, such as UTC or Europe/Berlin')
    }
  },
})

function parseLayout(text: string): LayoutPart[] {
  const parts: LayoutPart[] = []
  for (const entry of text.split(',')) parts.push(parsePart(entry, parts.at(-1)))
  const folders = parts.map((part) => (part.by === 'field' ? `field ${part.name}` : part.by))
  const twice = folders.find((folder, i) => folders.indexOf(folder) < i)
  if (twice !== undefined) throw new BadValue(`names ${twice} twice`)
  return parts
}

/** `before`: a name without `field:` goes on with a list of fields. */
function parsePart(entry: string, before: LayoutPart | undefined): LayoutPart {
  if (entry.startsWith('time:')) return { by: 'time', pattern: checkedPattern(entry.slice(5)) }
  if (entry.startsWith('field:') || before?.by === 'field') {
    const name = entry.startsWith('field:') ? entry.slice(6) : entry
    if (name === '' || Buffer.byteLength(name) > 64)
      throw new BadValue('has a field whose name is empty or longer than 64 bytes')
    return { by: 'field', name }
  }
  if (entry === 'kafka') return { by: 'kafka' }
  throw new BadValue('is no layout: write kafka, time:hour, field:category, or several of them with commas')
}

function checkedPattern(pattern: string): string {
  try {
    timePatternOf(pattern)
    return pattern
  } catch (error) {
    throw new BadValue(`is no layout: its pattern ${error instanceof RangeError ? error.message : 'is none'}`)
  }
}

function showLayout(parts: readonly LayoutPart[]): string {
  return parts
    .map((part) =>
      part.by === 'kafka' ? 'kafka' : part.by === 'time' ? `time:${part.pattern}` : `field:${part.name}`,
    )
    .join(',')
}
