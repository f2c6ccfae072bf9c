/** The Glue tables as Terraform rendered them, and where Athena looks for their rows. */
import type { TerraformState } from './terraform-messages.ts'

type GlueColumn = { readonly name: string; readonly type: string; readonly comment: string }

export type GlueTable = {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, string>>
  readonly columns: readonly GlueColumn[]
  readonly partitionKeys: readonly GlueColumn[]
  readonly location: string
}

/** A partition that Athena computes: the values of its keys, and the place of its objects. */
export type ProjectedPartition = {
  readonly values: Readonly<Record<string, string>>
  readonly location: string
}

type GlueValues = Omit<GlueTable, 'columns' | 'partitionKeys' | 'location'> & {
  readonly partition_keys: readonly GlueColumn[]
  readonly storage_descriptor: readonly [
    { readonly location: string; readonly columns: readonly GlueColumn[] },
  ]
}

/** All tables of the state, by name. */
export function glueTables(state: TerraformState): ReadonlyMap<string, GlueTable> {
  const tables = state.resources.filter(({ type }) => type === 'aws_glue_catalog_table')
  return new Map(
    tables.map(({ values }) => {
      const { name, description, parameters, ...rest } = values as unknown as GlueValues
      const [{ location, columns }] = rest.storage_descriptor
      return [
        name,
        {
          name,
          description,
          parameters,
          columns: columns.map(columnOf),
          partitionKeys: rest.partition_keys.map(columnOf),
          location,
        },
      ]
    }),
  )
}

/** Drops the attributes that nobody gave a value. */
function columnOf({ name, type, comment }: GlueColumn): GlueColumn {
  return { name, type, comment }
}

/**
 * Every combination of the keys' values, as partition projection has it
 * (https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html): `enum` and `integer` with a range.
 */
export function projectedPartitions({ parameters, partitionKeys }: GlueTable): readonly ProjectedPartition[] {
  const template = parameters['storage.location.template'] ?? ''
  const combinations = partitionKeys.reduce<readonly Record<string, string>[]>(
    (found, { name }) =>
      found.flatMap((values) => valuesOf(name, parameters).map((value) => ({ ...values, [name]: value }))),
    [{}],
  )
  return combinations.map((values) => ({
    values,
    location: template.replaceAll(/\$\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder),
  }))
}

function valuesOf(key: string, parameters: GlueTable['parameters']): readonly string[] {
  const property = (name: string): string => parameters[`projection.${key}.${name}`] ?? ''
  if (property('type') === 'enum') return property('values').split(',')
  const [first = Number.NaN, last = Number.NaN] = property('range').split(',').map(Number)
  if (property('type') !== 'integer' || !(first <= last))
    throw new Error(`The projection of ${key} is not known here.`)
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i))
}
