import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  decodeOutputSettings,
  encodeOutputSettings,
  idOfSettings,
  outputSettingsOf,
  type ChosenSettings,
} from './output-settings.ts'

const least: ChosenSettings = { format: 'json', compression: { kind: 'none', level: 0 } }
const most: ChosenSettings = {
  format: 'raw',
  compression: { kind: 'zstd', level: 3 },
  validate: 'json',
  nullValues: 'skip',
  maxRecordBytes: 1000,
  framing: { kind: 'separator', hex: '0a' },
  layout: {
    parts: [{ by: 'field', name: 'category' }, { by: 'time', pattern: 'hour' }, { by: 'kafka' }],
    time: { from: 'field', name: 'timestamp' },
    timeZone: 'Europe/Berlin',
  },
}
const parquet: ChosenSettings = { format: 'parquet', compression: { kind: 'gzip', level: 1 } }

/** The settings as they are written, with a change. */
function changed(chosen: ChosenSettings, change: Record<string, unknown>): Buffer {
  const settings = JSON.parse(encodeOutputSettings(outputSettingsOf(chosen)).toString()) as object
  return Buffer.from(JSON.stringify({ ...settings, ...change }))
}

describe('output settings', () => {
  test.each([least, most, parquet])('are the same after they were written down: $format', (chosen) => {
    const settings = outputSettingsOf(chosen)
    const again = decodeOutputSettings(encodeOutputSettings(settings))
    expect(again).toEqual(settings)
    expect(idOfSettings(again)).toBe(idOfSettings(settings))
  })

  test('have one id whatever the order they are given in, and another for each difference', () => {
    const reversed = Object.fromEntries(Object.entries(most).toReversed()) as ChosenSettings
    expect(idOfSettings(outputSettingsOf(reversed))).toBe(idOfSettings(outputSettingsOf(most)))
    const others: Partial<ChosenSettings>[] = [
      { format: 'envelope' },
      { compression: { kind: 'zstd', level: 4 } },
      { validate: 'none' },
      { nullValues: 'dead' },
      { maxRecordBytes: 1001 },
      { framing: { kind: 'length' } },
      { layout: { ...most.layout!, timeZone: 'UTC' } },
      { layout: { ...most.layout!, time: { from: 'planning' } } },
      { layout: { ...most.layout!, parts: most.layout!.parts.toReversed() } },
    ]
    const ids = [{}, ...others].map((other) => idOfSettings(outputSettingsOf({ ...most, ...other })))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('of a program that would make other bytes are refused, and say what differs', () => {
    expect(() => decodeOutputSettings(changed(least, { tables: { pinterest_data: 2 } }))).toThrow(
      'they are for version 2 of the table pinterest_data; this program has 1',
    )
    expect(() => decodeOutputSettings(changed(parquet, { parquet: 'hyparquet-writer 9' }))).toThrow(
      'they are for Parquet files by hyparquet-writer 9; this program has hyparquet-writer',
    )
    expect(() => decodeOutputSettings(changed(least, { encoder: 2 }))).toThrow('encoder')
    expect(() => decodeOutputSettings(changed(least, { newer: true }))).toThrow('newer')
  })

  test('name the writer of Parquet files that is installed', () => {
    const manifest = join(import.meta.dirname, '../../node_modules/hyparquet-writer/package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    expect(outputSettingsOf(parquet).parquet).toMatch(`hyparquet-writer ${version}, gzip `)
  })
})
