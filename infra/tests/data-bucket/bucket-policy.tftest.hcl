# The bucket policies, statement by statement. (bucket-policy.infra.test.ts evaluates them against the consumer's requests.)
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  bucket_name  = "pinpipe-111122223333"
  topic_prefix = "0af8d0adfd13"
}

run "renders_the_policy_of_the_lake" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.private["lake"].policy) == jsondecode(output.bucket_policy)
    error_message = "The output is the policy that the bucket has."
  }
  assert {
    condition = [for statement in jsondecode(output.bucket_policy).Statement : statement.Sid] == [
      "DenyWithoutTls", "DenyOldTls", "DenyOtherEncryption", "DenyKeysOfTheWriter", "DenyReplacing", "DenyWritesElsewhere",
    ]
    error_message = "The lake's policy has these statements."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(output.bucket_policy).Statement : statement.Effect == "Deny" && statement.Principal == "*"])
    error_message = "It only denies, and everybody."
  }
}

run "refuses_a_put_that_could_replace_an_object" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = [for statement in jsondecode(output.bucket_policy).Statement : statement if statement.Sid == "DenyReplacing"] == [{
      Sid       = "DenyReplacing"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::pinpipe-111122223333/*"
      Condition = { Null = { "s3:if-none-match" = "true" }, Bool = { "s3:ObjectCreationOperation" = "true" } }
    }]
    error_message = "What creates an object needs If-None-Match, in all of the bucket; the parts of an upload do not."
  }
}

run "refuses_writes_outside_the_lake_and_the_releases" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    lake_prefix = "teams/pins"
  }
  assert {
    condition = [for statement in jsondecode(output.bucket_policy).Statement : toset(statement.NotResource) if statement.Sid == "DenyWritesElsewhere"] == [toset([
      "arn:aws:s3:::pinpipe-111122223333/teams/pins/topics/*",
      "arn:aws:s3:::pinpipe-111122223333/teams/pins/dead/*",
      "arn:aws:s3:::pinpipe-111122223333/teams/pins/_chain/*",
      "arn:aws:s3:::pinpipe-111122223333/releases/*",
    ])]
    error_message = "Writes go to the three areas of the lake, and to the releases."
  }
}

run "refuses_plain_http_old_tls_and_other_keys_on_both_buckets" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = alltrue([
      for key, arn in { lake = "arn:aws:s3:::pinpipe-111122223333", results = "arn:aws:s3:::pinpipe-111122223333-athena" } :
      slice(jsondecode(aws_s3_bucket_policy.private[key].policy).Statement, 0, 4) == [
        { Sid = "DenyWithoutTls", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [arn, "${arn}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } },
        { Sid = "DenyOldTls", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [arn, "${arn}/*"], Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } } },
        { Sid = "DenyOtherEncryption", Effect = "Deny", Principal = "*", Action = "s3:PutObject", Resource = "${arn}/*", Condition = {
          Null                 = { "s3:x-amz-server-side-encryption" = "false" }
          ArnNotEqualsIfExists = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = aws_kms_key.lake[0].arn }
        } },
        { Sid = "DenyKeysOfTheWriter", Effect = "Deny", Principal = "*", Action = "s3:PutObject", Resource = "${arn}/*", Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } } },
      ]
    ])
    error_message = "Both buckets refuse plain HTTP, TLS before 1.2, other encryption, another key, and keys of the writer."
  }
}

run "lets_athena_write_its_results_as_it_likes" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = length(jsondecode(aws_s3_bucket_policy.private["results"].policy).Statement) == 4
    error_message = "Athena sends no If-None-Match: the bucket of results asks for none."
  }
}
