# One table for each of the catalogue, and one of dead letters. Athena computes where the partitions lie (partition
# projection), so nothing has to register the partitions of a topic or crawl the lake.
locals {
  tables = { for table in local.catalogue.tables : table.name => table if var.glue_database_name != null }

  # Not org.openx.data.jsonserde.JsonSerDe: AWS says of it that "the number of results and their values can be
  # non-deterministic", and to take this one instead. It reads `YYYY-MM-DD HH:MM:SS[.ffffff]` as timestamp.
  # Objects that end in .gz or .zst are unpacked by that end, also beside others in one partition.
  json = {
    input  = "org.apache.hadoop.mapred.TextInputFormat"
    output = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    serde  = "org.apache.hive.hcatalog.data.JsonSerDe"
  }

  projection = {
    EXTERNAL                     = "TRUE"
    classification               = "json"
    "projection.enabled"         = "true"
    "projection.partition.type"  = "integer"
    "projection.partition.range" = "0,${var.partitions - 1}"
  }

  # `topic` and `partition` of a dead letter come from its place in the lake. Its `headers` are left out: their values are text
  # or lists of texts, and no Hive type reads both.
  dead_letter_columns = [
    { name = "offset", type = "bigint", comment = "Offset of the record" },
    { name = "timestamp", type = "bigint", comment = "Time of the record, milliseconds since 1970" },
    { name = "key", type = "string", comment = "Key of the record: text, or base64" },
    { name = "value", type = "string", comment = "Value of the record: text, or base64" },
    { name = "reason", type = "string", comment = "Why it is here: not-json, not-utf8, no-value or schema" },
    { name = "detail", type = "string", comment = "What is wrong, in a sentence" },
    { name = "base64", type = "array<string>", comment = "Which of key, value and headers are base64, being no UTF-8; null if none is" },
  ]
}

resource "aws_glue_catalog_database" "lake" {
  count = var.glue_database_name == null ? 0 : 1

  name        = var.glue_database_name
  description = "Records that pinpipe stored in ${local.lake}"
  tags        = var.tags
}

resource "aws_glue_catalog_table" "data" {
  for_each = local.tables

  database_name = aws_glue_catalog_database.lake[0].name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"

  parameters = merge(local.projection, {
    "pinpipe.schema"            = "${each.key}@${each.value.version}"
    "storage.location.template" = "${local.lake}/topics/${local.topics[each.key]}/partition=$${partition}/"
  })

  partition_keys {
    name    = "partition"
    type    = "int"
    comment = "Partition of the topic"
  }

  storage_descriptor {
    location      = "${local.lake}/topics/${local.topics[each.key]}/"
    input_format  = local.json.input
    output_format = local.json.output

    ser_de_info {
      serialization_library = local.json.serde
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}

resource "aws_glue_catalog_table" "dead_letters" {
  count = var.glue_database_name == null ? 0 : 1

  database_name = aws_glue_catalog_database.lake[0].name
  name          = "dead_letters"
  description   = "Records that could not become a row of their table"
  table_type    = "EXTERNAL_TABLE"

  parameters = merge(local.projection, {
    "projection.topic.type"     = "enum"
    "projection.topic.values"   = join(",", concat(values(local.topics), var.extra_topics))
    "storage.location.template" = "${local.lake}/dead/$${topic}/partition=$${partition}/"
  })

  partition_keys {
    name    = "topic"
    type    = "string"
    comment = "Topic of the record"
  }

  partition_keys {
    name    = "partition"
    type    = "int"
    comment = "Partition of the topic"
  }

  storage_descriptor {
    location      = "${local.lake}/dead/"
    input_format  = local.json.input
    output_format = local.json.output

    ser_de_info {
      serialization_library = local.json.serde
    }

    dynamic "columns" {
      for_each = local.dead_letter_columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}
