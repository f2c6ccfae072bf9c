# Glue tables, the Athena workgroup and its questions. (lake-layout.infra.test.ts reads a real lake by them.)
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  bucket_name  = "pinpipe-111122223333"
  topic_prefix = "0af8d0adfd13"
}

run "makes_a_table_for_each_of_the_catalogue_and_one_of_dead_letters" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = output.glue_database_name == "pinpipe" && toset(output.glue_tables) == toset(concat(["dead_letters"], [for table in jsondecode(file("catalogue.json")).tables : table.name]))
    error_message = "The tables are those of the catalogue, and dead_letters."
  }
  assert {
    condition = alltrue([
      for table in jsondecode(file("catalogue.json")).tables : [
        for column in aws_glue_catalog_table.data[table.name].storage_descriptor[0].columns : { name = column.name, type = column.type, comment = column.comment }
      ] == table.columns
    ])
    error_message = "The columns are the catalogue's: names, types, comments, order."
  }
}

run "projects_the_partitions_of_a_topic" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    partitions = 12
  }
  assert {
    condition = { for key in ["projection.enabled", "projection.partition.type", "projection.partition.range", "storage.location.template"] : key => aws_glue_catalog_table.data["pinterest_data"].parameters[key] } == {
      "projection.enabled"         = "true"
      "projection.partition.type"  = "integer"
      "projection.partition.range" = "0,11"
      "storage.location.template"  = "s3://pinpipe-111122223333/pinpipe/topics/0af8d0adfd13.pin/partition=$${partition}/"
    }
    error_message = "The partitions 0 to 11 are below the topic's folder."
  }
  assert {
    condition     = [for key in aws_glue_catalog_table.data["pinterest_data"].partition_keys : "${key.name} ${key.type}"] == ["partition int"]
    error_message = "A data table is partitioned by the topic's partition."
  }
}

run "projects_the_topics_of_dead_letters" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    extra_topics = ["orders.v1"]
  }
  assert {
    condition = { for key in ["projection.topic.type", "projection.topic.values", "storage.location.template"] : key => aws_glue_catalog_table.dead_letters[0].parameters[key] } == {
      "projection.topic.type"     = "enum"
      "projection.topic.values"   = "0af8d0adfd13.geo,0af8d0adfd13.pin,0af8d0adfd13.user,orders.v1"
      "storage.location.template" = "s3://pinpipe-111122223333/pinpipe/dead/$${topic}/partition=$${partition}/"
    }
    error_message = "Dead letters of the catalogue's topics and of the extra ones are found."
  }
  assert {
    condition     = [for key in aws_glue_catalog_table.dead_letters[0].partition_keys : "${key.name} ${key.type}"] == ["topic string", "partition int"]
    error_message = "Dead letters are partitioned by topic and partition."
  }
}

run "reads_json_lines_by_the_serde_that_aws_calls_deterministic" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = alltrue([
      for table in concat(values(aws_glue_catalog_table.data), aws_glue_catalog_table.dead_letters) :
      table.storage_descriptor[0].ser_de_info[0].serialization_library == "org.apache.hive.hcatalog.data.JsonSerDe" && table.table_type == "EXTERNAL_TABLE"
    ])
    error_message = "Every table reads JSON with Hive's SerDe."
  }
}

run "bounds_and_encrypts_every_query" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    athena_scan_limit_gib = 2
  }
  assert {
    condition = (aws_athena_workgroup.lake[0].name == "pinpipe" && aws_athena_workgroup.lake[0].configuration[0].enforce_workgroup_configuration
    && aws_athena_workgroup.lake[0].configuration[0].bytes_scanned_cutoff_per_query == 2147483648)
    error_message = "The workgroup's settings are enforced, with the limit in bytes."
  }
  assert {
    condition = (aws_athena_workgroup.lake[0].configuration[0].result_configuration[0].output_location == "s3://pinpipe-111122223333-athena/"
      && aws_athena_workgroup.lake[0].configuration[0].result_configuration[0].expected_bucket_owner == "111122223333"
      && aws_athena_workgroup.lake[0].configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS"
    && aws_athena_workgroup.lake[0].configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == aws_kms_key.lake[0].arn)
    error_message = "Results go to their own bucket of this account, encrypted with the key."
  }
}

run "asks_the_usual_questions" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = toset(keys(aws_athena_named_query.question)) == toset([
      "dead-letters-by-reason", "most-followed-user-per-country", "most-popular-category-per-age-group",
      "most-popular-category-per-year", "posts-per-country", "posts-per-year", "stored-offsets", "users-joined-per-year",
    ])
    error_message = "There is a named query for each usual question."
  }
  assert {
    condition = alltrue([
      for query in aws_athena_named_query.question :
      query.database == "pinpipe" && query.workgroup == "pinpipe" && startswith(query.query, "-- ${query.description}\n") && length(query.description) > 20
    ])
    error_message = "Each is in the workgroup, and described by its first line."
  }
}

run "counts_the_offsets_of_every_topic_of_the_catalogue" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = alltrue([
      for table in jsondecode(file("catalogue.json")).tables :
      strcontains(aws_athena_named_query.question["stored-offsets"].query, "'0af8d0adfd13.${table.topic_suffix}'") &&
      strcontains(aws_athena_named_query.question["stored-offsets"].query, "FROM ${table.name}\n")
    ])
    error_message = "The query of offsets counts each table under its topic."
  }
}

run "makes_no_workgroup_when_told_so" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    athena_workgroup = false
  }
  assert {
    condition     = keys(aws_s3_bucket.private) == ["lake"] && length(aws_athena_workgroup.lake) == 0 && length(aws_athena_named_query.question) == 0
    error_message = "No workgroup, no bucket of results, no queries."
  }
  assert {
    condition     = output.athena_workgroup_name == null && output.athena_results_bucket_name == null && contains(output.glue_tables, "pinterest_data")
    error_message = "The tables are there all the same."
  }
}

run "makes_no_tables_when_told_so" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    glue_database_name = null
    athena_workgroup   = false
  }
  assert {
    condition     = output.glue_database_name == null && length(output.glue_tables) == 0 && length(aws_glue_catalog_table.data) == 0 && length(aws_glue_catalog_database.lake) == 0
    error_message = "No database and no tables."
  }
}
