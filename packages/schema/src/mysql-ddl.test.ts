import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { int } from './column.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { createTableSql, quoteName } from './mysql-ddl.ts'
import { defineTable } from './table.ts'
import { userData } from './user-data.ts'

test('the DDL quotes every name, comments every column and ends with the primary key', () => {
  expect(createTableSql(userData)).toBe(`CREATE TABLE \`user_data\` (
  \`ind\` INT NOT NULL COMMENT 'Number of the post, the same in all three tables',
  \`first_name\` VARCHAR(255) NOT NULL COMMENT 'First name of the user',
  \`last_name\` VARCHAR(255) NOT NULL COMMENT 'Last name of the user',
  \`age\` INT NOT NULL COMMENT 'Age in years',
  \`date_joined\` DATETIME NOT NULL COMMENT 'When the user joined',
  PRIMARY KEY (\`ind\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Who posted it'`)
  expect(createTableSql(userData, { ifNotExists: true })).toMatch(
    /^CREATE TABLE IF NOT EXISTS `user_data` \(/,
  )
})

test.each(catalogue)(
  'the VARCHAR columns of $name fit the row size limit of MySQL, 65,535 bytes',
  (table) => {
    const characters = table.columns.map((column) =>
      Number(/VARCHAR\((\d+)\)/.exec(column.mysqlType)?.[1] ?? 3),
    )
    expect(characters.reduce((sum, length) => sum + length * 4 + 2, 0)).toBeLessThan(65_535)
  },
)

test('a backslash in a description is refused, because its meaning depends on sql_mode', () => {
  const table = defineTable({
    name: 't',
    topicSuffix: 't',
    key: 'id',
    version: 1,
    description: 'a',
    columns: [int('id', 'a\\')],
  })
  expect(() => createTableSql(table)).toThrow('backslash')
})

test('a backtick in a name is doubled', () => {
  expect(quoteName('a`b')).toBe('`a``b`')
})

test.each(catalogue)(
  'the JSON Schema of $name closes the object and describes every column in order',
  (table) => {
    const schema = jsonSchemaOf(table)
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false, title: `${table.name}@1` })
    expect(schema).toMatchObject({ required: table.columns.map((column) => column.name) })
    const described = table.columns.map(({ name, description }) => [
      name,
      expect.objectContaining({ description }),
    ])
    expect(Object.entries('properties' in schema ? Object(schema.properties) : {})).toEqual(described)
  },
)
