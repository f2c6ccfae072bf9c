import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalogue, tableOfTopic } from './catalogue.ts'
import type { Row } from './table.ts'
import { checkRow, encodeRow, normaliseDateTimes } from './wire.ts'

const shared = process.env['SHARED'] ?? join(import.meta.dirname, '../../../../shared')
const folder = join(shared, 'data/pinterest')

describe.skipIf(!existsSync(folder))(
  'with the real rows (skipped without ../shared/data beside the checkout)',
  () => {
    test.each(catalogue)('every row of $name is accepted, and encoded as it is', (table) => {
      const lines = readFileSync(join(folder, `${table.topicSuffix}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(lines.length).toBeGreaterThan(2000)
      for (const line of lines) {
        const parsed: Row = JSON.parse(line)
        const row = normaliseDateTimes(table, parsed)
        const check = checkRow(table, row)
        expect(check.ok).toBe(true)
        expect(encodeRow(table, row)).toBe(JSON.stringify(row))
      }
    })

    test('every poisoned message is refused in the topic where it was found', () => {
      const messages: { topic: string; value: unknown }[] = JSON.parse(
        readFileSync(join(folder, 'poisoned_messages.json'), 'utf8'),
      )
      expect(messages).toHaveLength(7)
      for (const { topic, value } of messages) {
        const table = tableOfTopic(`x.${topic}`)
        expect(table && checkRow(table, value).ok).toBe(false)
      }
    })
  },
)
