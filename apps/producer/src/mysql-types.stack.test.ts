import { type StackFixtures, stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { dateTime, int, type Column } from '@pinpipe/schema/column'
import { columnProblems } from '@pinpipe/schema/mysql-columns'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { defineTable } from '@pinpipe/schema/table'
import { encodeRow, keyOf } from '@pinpipe/schema/wire'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { parseMysqlUrl } from './mysql-address.ts'
import { openMysqlSource } from './mysql-source.ts'
import { type Source } from './source.ts'
import { connectTo } from './testing/stack-data.ts'

/** One MySQL type: SQL literals, each with the JSON text in which its value travels. */
type TypeCase = {
  readonly mysqlType: string
  readonly values: readonly (readonly [sql: string, json: string])[]
}

const of = (mysqlType: string, ...values: TypeCase['values']): TypeCase => ({ mysqlType, values })
const zeroDateTime = "'0000-00-00 00:00:00'"

/** Normal, least, greatest and odd values; NULL is added to each type. */
const types: readonly TypeCase[] = [
  of('TINYINT', ['5', '5'], ['-128', '-128'], ['127', '127'], ['-0', '0']),
  of('TINYINT UNSIGNED', ['200', '200'], ['0', '0'], ['255', '255']),
  of('BOOLEAN', ['TRUE', '1'], ['FALSE', '0']),
  of('SMALLINT', ['-32768', '-32768'], ['32767', '32767']),
  of('SMALLINT UNSIGNED', ['65535', '65535']),
  of('MEDIUMINT', ['-8388608', '-8388608'], ['8388607', '8388607']),
  of('MEDIUMINT UNSIGNED', ['16777215', '16777215']),
  of('INT', ['7528', '7528'], ['-2147483648', '-2147483648'], ['2147483647', '2147483647']),
  of('INT UNSIGNED', ['4294967295', '4294967295']),
  of('INT(5) ZEROFILL', ['42', '42']),
  of(
    'BIGINT',
    ['12', '12'],
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '"9007199254740993"'],
    ['-9223372036854775808', '"-9223372036854775808"'],
    ['9223372036854775807', '"9223372036854775807"'],
  ),
  of('BIGINT UNSIGNED', ['18446744073709551615', '"18446744073709551615"'], ['0', '0']),
  of('DECIMAL(5,2)', ['1.10', '"1.10"'], ['-999.99', '"-999.99"'], ['0', '"0.00"']),
  of('DECIMAL(38,18)', [
    '12345678901234567890.123456789012345678',
    '"12345678901234567890.123456789012345678"',
  ]),
  of(
    'FLOAT',
    ['-89.9787', '-89.9787'],
    ['-173.293', '-173.293'],
    ['0.1', '0.1'],
    ['16777217', '16777216'],
    ['3.40282e38', '3.40282e+38'],
    ['-1e-30', '-1e-30'],
  ),
  of('FLOAT(7,4)', ['-89.9787', '-89.9787']),
  of(
    'DOUBLE',
    ['0.1', '0.1'],
    ['-89.97869873046875', '-89.97869873046875'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['2.2250738585072014e-308', '2.2250738585072014e-308'],
    ['9007199254740993', '9007199254740992'],
  ),
  of('BIT(1)', ["b'1'", '1'], ["b'0'", '0']),
  of('BIT(10)', ["b'1000000001'", '513']),
  of('BIT(64)', ["x'ffffffffffffffff'", '"18446744073709551615"'], ['1', '1']),
  of(
    'DATE',
    ["'2020-02-29'", '"2020-02-29"'],
    ["'1000-01-01'", '"1000-01-01"'],
    ["'9999-12-31'", '"9999-12-31"'],
  ),
  of('DATE', ["'0000-00-00'", '"0000-00-00"'], ["'2020-00-00'", '"2020-00-00"']),
  of(
    'DATETIME',
    ["'2020-08-28 03:52:47'", '"2020-08-28 03:52:47"'],
    ["'2020-03-29 02:30:00'", '"2020-03-29 02:30:00"'],
    ["'1000-01-01 00:00:00'", '"1000-01-01 00:00:00"'],
    ["'9999-12-31 23:59:59'", '"9999-12-31 23:59:59"'],
    [zeroDateTime, '"0000-00-00 00:00:00"'],
  ),
  of(
    'DATETIME(6)',
    ["'2020-08-28 03:52:47.123456'", '"2020-08-28 03:52:47.123456"'],
    ["'2020-08-28 03:52:47.000001'", '"2020-08-28 03:52:47.000001"'],
    // The protocol leaves out a fraction of nothing, so the text does too: the same moment.
    ["'2020-08-28 03:52:47'", '"2020-08-28 03:52:47"'],
  ),
  of('DATETIME(3)', ["'2020-08-28 03:52:47.5'", '"2020-08-28 03:52:47.500"']),
  of(
    'TIMESTAMP NULL',
    ["'1970-01-01 00:00:01'", '"1970-01-01 00:00:01"'],
    ["'2038-01-19 03:14:07'", '"2038-01-19 03:14:07"'],
  ),
  of('TIMESTAMP(6) NULL', ["'2020-08-28 03:52:47.000001'", '"2020-08-28 03:52:47.000001"']),
  of('TIME', ["'-838:59:59'", '"-838:59:59"'], ["'838:59:59'", '"838:59:59"'], ["'00:00:00'", '"00:00:00"']),
  of('TIME(6)', ["'12:34:56.000001'", '"12:34:56.000001"']),
  of('YEAR', ['1901', '1901'], ['2155', '2155'], ['0', '0']),
  of('CHAR(10)', ["'a  '", '"a"'], ["''", '""']),
  of(
    'VARCHAR(100)',
    ["'plain'", '"plain"'],
    ["' edge '", '" edge "'],
    ["'👩‍👩‍👧 日本 𝄞'", '"👩‍👩‍👧 日本 𝄞"'],
    ['\'line\\nbreak \\\\ \\"q\\" \\0\'', String.raw`"line\nbreak \\ \"q\" \u0000"`],
    ["''", '""'],
  ),
  of('VARCHAR(20) CHARACTER SET latin1', ["'Müller €'", '"Müller €"']),
  of('VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', ["'é 😀'", '"é 😀"']),
  of('TINYTEXT', ["'tiny'", '"tiny"']),
  of('TEXT', ["REPEAT('x', 65535)", `"${'x'.repeat(65_535)}"`]),
  of('MEDIUMTEXT', ["REPEAT('é', 70000)", `"${'é'.repeat(70_000)}"`]),
  of('LONGTEXT', ["'long'", '"long"']),
  of('BINARY(4)', ["x'00ff'", '"AP8AAA=="']),
  of('VARBINARY(10)', ["x'00ff'", '"AP8="'], ["''", '""'], ["'text'", '"dGV4dA=="']),
  of('TINYBLOB', ["x'80'", '"gA=="']),
  of('BLOB', ["x'c3'", '"ww=="']),
  of('MEDIUMBLOB', ["x'00'", '"AA=="']),
  of('LONGBLOB', ["x'f09f9880'", '"8J+YgA=="']),
  of("ENUM('small','great','')", ["'great'", '"great"'], ["''", '""']),
  of("SET('a','b','c')", ["'c,a'", '"a,c"'], ["''", '""']),
  of(
    'JSON',
    [
      `'{"n": 12345678901234567890, "e": "é😀"}'`,
      String.raw`"{\"n\": 12345678901234567890, \"e\": \"é😀\"}"`,
    ],
    ["'null'", '"null"'],
  ),
]

const anyColumn = (name: string, mysqlType: string): Column => ({
  name,
  kind: 'text',
  mysqlType,
  nullable: true,
  description: mysqlType.replaceAll("'", ''),
  schema: z.unknown(),
})

/** The table of types: column `c<n>` has the n-th type. Each row sets one value of one column; the others are NULL. */
const tableOfTypes = defineTable({
  name: 'table_of_types',
  topicSuffix: 'types',
  key: 'id',
  version: 1,
  description: 'Every type',
  columns: [int('id', 'Key'), ...types.map(({ mysqlType }, n) => anyColumn(`c${n}`, mysqlType))],
})

const cases = types.flatMap(({ mysqlType, values }, n) =>
  [...values, ['NULL', 'null'] as const].map(([sql, json]) => ({ column: `c${n}`, mysqlType, sql, json })),
)

/** The JSON text of one column, cut out of the encoded row: parsing it would round what must not be rounded. */
function jsonOf(encoded: string, column: string): string {
  const start = encoded.indexOf(`"${column}":`) + column.length + 3
  const next = encoded.indexOf(`,"c${Number(column.slice(1)) + 1}":`, start)
  return encoded.slice(start, next === -1 ? -1 : next)
}

/** A source of the filled table of types. */
async function sourceOfTypes(mariadb: StackFixtures['mariadb']): Promise<Source> {
  const url = await mariadb.createDatabase(unique('types'))
  await using connection = await connectTo(url, mariadb.password)
  // Zero dates and months are what old data holds.
  await connection.query("SET sql_mode = '', time_zone = '+00:00'")
  await connection.query(createTableSql(tableOfTypes))
  for (const [id, { column, sql }] of cases.entries())
    await connection.query(`INSERT INTO table_of_types (id, ${column}) VALUES (${id}, ${sql})`)
  return openMysqlSource({
    address: parseMysqlUrl(url),
    password: mariadb.password,
    tlsCa: undefined,
    timeoutMs: 10_000,
    tables: [tableOfTypes],
    retryForMs: 0,
    stop: new AbortController().signal,
    onRetry: () => undefined,
  })
}

afterEach(() => void vi.unstubAllEnvs())

describe('producer, with a table of every MySQL type', () => {
  for (const zone of ['UTC', 'America/New_York'])
    stackTest(
      `M4: each value travels exactly as MySQL holds it (the process is in the zone ${zone})`,
      async ({ mariadb }) => {
        vi.stubEnv('TZ', zone)
        await using source = await sourceOfTypes(mariadb)
        const found: typeof cases = []
        for await (const page of source.inOrder())
          for (const { index, rows } of page) {
            const row = rows[tableOfTypes.name] ?? {}
            expect(keyOf(tableOfTypes, row)).toBe(String(index))
            const wanted = cases[index]
            if (wanted !== undefined)
              found.push({ ...wanted, json: jsonOf(encodeRow(tableOfTypes, row), wanted.column) })
          }
        expect(found).toEqual(cases)
      },
    )

  stackTest('M4: the same values come by lookup as by page', async ({ mariadb }) => {
    await using source = await sourceOfTypes(mariadb)
    const paged = new Map<number, unknown>()
    for await (const page of source.inOrder()) for (const { index, rows } of page) paged.set(index, rows)
    expect(paged.size).toBe(cases.length)
    expect(await source.at(cases.map((_, id) => id))).toEqual(paged)
  })

  it.each(['GEOMETRY', 'DECIMAL(5,2)', 'TIMESTAMP', 'BLOB', 'JSON', 'TIME', 'BIT(1)'])(
    'M4: %s, which no column can declare, is refused before the first record',
    (mysqlType) => {
      const table = defineTable({ ...tableOfTypes, columns: [int('id', 'Key'), dateTime('at', 'A moment')] })
      const dataType = mysqlType.replace(/\(.*/, '').toLowerCase()
      const actual = [
        { name: 'id', dataType: 'int' },
        { name: 'at', dataType },
      ]
      expect(columnProblems(table, actual)).toEqual([expect.stringContaining(`at is ${dataType}`)])
    },
  )
})
