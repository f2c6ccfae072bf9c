import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogue } from '@pinpipe/schema/catalogue'
import { expect, test } from 'vitest'
import { applyModule } from './apply-module.ts'
import { describeTerraform } from './describe-terraform.ts'
import { glueTables, projectedPartitions } from './glue-tables.ts'

const glueTypes = { integer: 'int', number: 'double', text: 'string', datetime: 'timestamp' }

const variables = { bucket_name: 'pins-111122223333', topic_prefix: 'team', partitions: 2 }
// Once for all tables.
let rendering: ReturnType<typeof applyModule> | undefined

describeTerraform('the Glue tables', () => {
  test.each(catalogue)(
    '$name has the columns of the catalogue: names, types, order and comments',
    async (table) => {
      const state = await (rendering ??= applyModule({ module: 'data-bucket', variables }))
      const glue = glueTables(state).get(table.name)
      expect(glue?.description).toBe(table.description)
      expect(glue?.columns).toEqual(
        table.columns.map(({ name, kind, description }) => ({
          name,
          type: glueTypes[kind],
          comment: description,
        })),
      )
      expect(glue?.partitionKeys.map(({ name, type }) => [name, type])).toEqual([['partition', 'int']])
    },
  )

  test('a fourth table of the catalogue has its table, its dead letters and its offsets counted, with no edit of Terraform', async () => {
    const state = await applyModule({
      module: 'data-bucket',
      variables: { bucket_name: 'pins-111122223333', topic_prefix: 'team', partitions: 2 },
      edit: async (folder) => {
        const file = join(folder, 'catalogue.json')
        const catalogueJson = JSON.parse(await readFile(file, 'utf8')) as { tables: unknown[] }
        catalogueJson.tables.push({
          name: 'board_data',
          topic_suffix: 'board',
          version: 1,
          description: 'The board that the post was pinned to',
          columns: [{ name: 'ind', type: 'int', comment: 'Number of the post' }],
        })
        await writeFile(file, JSON.stringify(catalogueJson))
      },
    })
    const tables = glueTables(state)
    expect([...tables.keys()].toSorted()).toEqual(
      ['board_data', 'dead_letters', ...catalogue.map(({ name }) => name)].toSorted(),
    )
    expect(projectedPartitions(tables.get('board_data')!)).toEqual([
      {
        values: { partition: '0' },
        location: 's3://pins-111122223333/pinpipe/topics/team.board/partition=0/',
      },
      {
        values: { partition: '1' },
        location: 's3://pins-111122223333/pinpipe/topics/team.board/partition=1/',
      },
    ])
    expect(projectedPartitions(tables.get('dead_letters')!)).toContainEqual({
      values: { topic: 'team.board', partition: '1' },
      location: 's3://pins-111122223333/pinpipe/dead/team.board/partition=1/',
    })
    const { query } = state.resource('aws_athena_named_query.question["stored-offsets"]')
    expect(query).toMatch(/'team\.board' AS topic[^;]+FROM board_data\n/)
  })
})
