import { expect, test } from 'vitest'
import { catalogue, tableNamed, tableOfTopic, topicOf, topicPrefixProblem } from './catalogue.ts'
import { dateTime, float, int, text, varchar } from './column.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { createTableSql } from './mysql-ddl.ts'
import { columnProblems } from './mysql-columns.ts'
import { pinterestData } from './pinterest-data.ts'
import { defineTable, type TableDefinition } from './table.ts'
import { checkRow, encodeRow, keyOf, schemaHeader } from './wire.ts'

test('every table has its topic, and the topic leads back to the table', () => {
  expect(catalogue.map((table) => topicOf('0af8d0adfd13', table))).toEqual([
    '0af8d0adfd13.pin',
    '0af8d0adfd13.geo',
    '0af8d0adfd13.user',
  ])
  for (const table of catalogue) {
    expect(tableOfTopic(topicOf('team.one', table))).toBe(table)
    expect(tableNamed(table.name)).toBe(table)
  }
})

test.each(['pin', '.pin', 'x.pins', 'x.pin.old', 'x.', '', 'x.Pin'])(
  'the topic %j belongs to no table',
  (topic) => {
    expect(tableOfTopic(topic)).toBeUndefined()
  },
)

test.each([
  ['', 'the topic prefix is empty'],
  ['a b', 'may hold only'],
  ['a.', 'leave out the dot'],
  ['.a', 'may hold only'],
  ['a..b', 'single dots'],
  ['café', 'may hold only'],
  ['a\n', 'may hold only'],
  ['x'.repeat(246), 'give at most 245 characters'],
])('topicOf refuses the prefix %j as a mistake in the settings', (prefix, sentence) => {
  expect(() => topicOf(prefix, pinterestData)).toThrow(
    expect.objectContaining({ exitCode: 64, message: expect.stringContaining(sentence) }),
  )
})

test('topicOf takes the longest name that Kafka takes', () => {
  expect(topicOf('x'.repeat(245), pinterestData)).toHaveLength(249)
})

const likes: TableDefinition = {
  name: 'like_data',
  topicSuffix: 'like',
  key: 'ind',
  version: 3,
  description: "Who liked the poster's post",
  columns: [
    int('ind', 'Number of the post'),
    varchar('who', 40, 'Who'),
    text('why', 'Reason'),
    float('weight', 'Weight'),
    dateTime('at', 'When'),
  ],
}

test('a fourth table defined in one place has a topic, an encoding, a check, DDL, JSON Schema and a column comparison', () => {
  const table = defineTable(likes)
  const tables = [...catalogue, table]
  const row = { ind: 4, who: 'me', why: '', weight: 0.5, at: '2020-01-01 00:00:00' }
  expect(tableOfTopic(topicOf('p', table), tables)).toBe(table)
  expect(tableNamed('like_data', tables)).toBe(table)
  expect(tableOfTopic('p.like')).toBeUndefined()
  expect(checkRow(table, row).ok).toBe(true)
  expect(encodeRow(table, row)).toBe('{"ind":4,"who":"me","why":"","weight":0.5,"at":"2020-01-01 00:00:00"}')
  expect(keyOf(table, row)).toBe('4')
  expect(schemaHeader(table)).toBe('like_data@3')
  expect(createTableSql(table)).toContain("COMMENT='Who liked the poster''s post'")
  expect(jsonSchemaOf(table)).toMatchObject({
    title: 'like_data@3',
    required: ['ind', 'who', 'why', 'weight', 'at'],
  })
  expect(columnProblems(table, [])).toHaveLength(5)
})

test.each<[string, Partial<TableDefinition>]>([
  ['is not a plain SQL name', { name: 'a`b' }],
  ['the topic suffix "a.b"', { topicSuffix: 'a.b' }],
  ['the key who', { key: 'who' }],
  ['the key nothing', { key: 'nothing' }],
  ['the version', { version: 0 }],
  ['a column stands twice', { columns: [int('ind', 'One'), int('IND', 'Two')] }],
])('defineTable says what contradicts itself: %s', (sentence, change) => {
  expect(() => defineTable({ ...likes, ...change })).toThrow(sentence)
})

test('no two tables share a name or a topic', () => {
  expect(new Set(catalogue.map((table) => table.name)).size).toBe(catalogue.length)
  expect(new Set(catalogue.map((table) => table.topicSuffix)).size).toBe(catalogue.length)
})

test('a prefix is good, or wrong in a sentence', () => {
  expect(topicPrefixProblem('0af8d0adfd13')).toBeUndefined()
  expect(topicPrefixProblem('a/b')).toMatch(/^the topic prefix may hold only letters.*suffix$/)
  // The longest suffix decides: `user` is longer than `pin`.
  expect(topicPrefixProblem('x'.repeat(245))).toContain('give at most 244 characters')
})
