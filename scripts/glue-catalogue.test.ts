import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '@pinpipe/schema/catalogue'
import { dateTime, float, int, nullable, text, varchar } from '@pinpipe/schema/column'
import { defineTable } from '@pinpipe/schema/table'
import { expect, test } from 'vitest'
import { glueCatalogue } from './glue-catalogue.ts'

test('infra/catalogue.json says what packages/schema says', () => {
  const file = readFileSync(join(import.meta.dirname, '../infra/catalogue.json'), 'utf8')
  expect(file, 'infra/catalogue.json is stale: run pnpm generate').toBe(glueCatalogue(catalogue))
})

test('a fourth table has its topic and a Glue type for each kind of column, in wire order', () => {
  const boards = defineTable({
    name: 'board_data',
    topicSuffix: 'board',
    key: 'ind',
    version: 2,
    description: 'The board that the post was pinned to',
    columns: [
      int('ind', 'Number of the post'),
      varchar('board', 60, 'Name of the board'),
      text('rules', 'What may be pinned'),
      float('score', 'How well the post fits'),
      nullable(dateTime('pinned_at', 'When it was pinned')),
    ],
  })
  expect(JSON.parse(glueCatalogue([boards]))).toEqual({
    tables: [
      {
        name: 'board_data',
        topic_suffix: 'board',
        version: 2,
        description: 'The board that the post was pinned to',
        columns: [
          { name: 'ind', type: 'int', comment: 'Number of the post' },
          { name: 'board', type: 'string', comment: 'Name of the board' },
          { name: 'rules', type: 'string', comment: 'What may be pinned' },
          { name: 'score', type: 'double', comment: 'How well the post fits' },
          { name: 'pinned_at', type: 'timestamp', comment: 'When it was pinned' },
        ],
      },
    ],
  })
})
