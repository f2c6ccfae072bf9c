# What the roles may do beside Kafka.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_arn       = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5"
  topic_prefix      = "0af8d0adfd13"
  trusted_role_arns = ["arn:aws:iam::111122223333:role/pinpipe-client"]
}

run "gives_nobody_anything_beside_kafka_unless_asked" {
  module { source = "./modules/msk-iam-policies" }

  assert {
    condition     = toset(flatten([for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : [for action in statement.Action : split(":", action)[0]]]])) == toset(["kafka", "kafka-cluster"])
    error_message = "There is an action of another service."
  }
}

run "lets_the_consumer_alone_create_and_read_objects_of_the_lake" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    lake = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
  }

  assert {
    condition     = [for app, document in output.policy_documents : app if strcontains(document, "s3:") || strcontains(document, "kms:")] == ["consumer"]
    error_message = "Not the consumer alone reaches the lake."
  }
  assert {
    condition = [for statement in jsondecode(output.policy_documents.consumer).Statement : statement if statement.Sid == "LakeObjects"] == [{
      Sid    = "LakeObjects"
      Effect = "Allow"
      Action = ["s3:GetObject", "s3:PutObject"]
      Resource = [
        "arn:aws:s3:::lake-of-a-test/pinpipe/topics/*",
        "arn:aws:s3:::lake-of-a-test/pinpipe/dead/*",
        "arn:aws:s3:::lake-of-a-test/pinpipe/_chain/*",
      ]
    }]
    error_message = "The consumer may do something else to objects."
  }
  assert {
    condition = [for statement in jsondecode(output.policy_documents.consumer).Statement : statement if statement.Sid == "LakeList"] == [{
      Sid       = "LakeList"
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = ["arn:aws:s3:::lake-of-a-test"]
      Condition = { StringLike = { "s3:prefix" = ["pinpipe/topics/*", "pinpipe/dead/*", "pinpipe/_chain/*"] } }
    }]
    error_message = "The consumer may list something else."
  }
  assert {
    condition = [for statement in jsondecode(output.policy_documents.consumer).Statement : statement if statement.Sid == "LakeKey"] == [{
      Sid       = "LakeKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = ["arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"]
      Condition = { StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
    }]
    error_message = "The consumer may use a key otherwise."
  }
}

run "never_deletes_an_object" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    allow_topic_deletion = true
    allow_offset_reset   = true
    lake                 = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
    releases             = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
  }

  assert {
    condition = toset(flatten([
      for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : [for action in statement.Action : action if !startswith(action, "kafka")]]
    ])) == toset(["s3:GetObject", "s3:PutObject", "s3:ListBucket", "kms:Decrypt", "kms:GenerateDataKey"])
    error_message = "There is an action that was not there before: see that it deletes nothing."
  }
}

run "needs_no_key_where_objects_are_encrypted_with_s3s_own" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    lake     = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "data/pinpipe" }
    releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "data/releases" }
  }

  assert {
    condition     = !strcontains(jsonencode(output.policy_documents), "kms:")
    error_message = "A key may be used that is not there."
  }
  assert {
    condition     = strcontains(output.policy_documents.consumer, "arn:aws:s3:::lake-of-a-test/data/pinpipe/topics/*")
    error_message = "The consumer cannot write below a longer prefix."
  }
}

run "lets_each_app_read_its_own_build_and_no_other" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
  }

  assert {
    condition = { for app, document in output.policy_documents : app => flatten([for statement in jsondecode(document).Statement : statement.Resource if contains(statement.Action, "s3:GetObject")]) } == {
      consumer    = ["arn:aws:s3:::lake-of-a-test/releases/consumer/*"]
      producer    = ["arn:aws:s3:::lake-of-a-test/releases/producer/*"]
      read-only   = []
      topic-admin = ["arn:aws:s3:::lake-of-a-test/releases/topic-admin/*"]
    }
    error_message = "An app may read something else."
  }
  assert {
    condition = { for app, document in output.policy_documents : app => flatten([for statement in jsondecode(document).Statement : statement.Action if statement.Sid == "ReleaseKey"]) } == {
      consumer    = ["kms:Decrypt"]
      producer    = ["kms:Decrypt"]
      read-only   = []
      topic-admin = ["kms:Decrypt"]
    }
    error_message = "A build cannot be decrypted, or its key be used for more."
  }
}

run "grants_the_use_of_one_key_once" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    lake     = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
    releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
  }

  assert {
    condition     = { for app, document in output.policy_documents : app => [for statement in jsondecode(document).Statement : statement.Sid if contains(statement.Action, "kms:Decrypt")] } == { consumer = ["LakeKey"], producer = ["ReleaseKey"], read-only = [], topic-admin = ["ReleaseKey"] }
    error_message = "The key is granted twice, or not at all."
  }
}

run "lets_the_producer_alone_read_its_password" {
  module { source = "./modules/msk-iam-policies" }
  variables { mysql_password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql" }

  assert {
    condition     = [for app, document in output.policy_documents : app if strcontains(document, "ssm:")] == ["producer"]
    error_message = "Not the producer alone may read the password."
  }
  assert {
    condition     = [for statement in jsondecode(output.policy_documents.producer).Statement : [statement.Action, statement.Resource] if strcontains(statement.Sid, "MySql")] == [[["ssm:GetParameter"], ["arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql"]]]
    error_message = "The producer may read another parameter, or use a key."
  }
}

run "lets_the_producer_decrypt_that_password_only_with_a_key_of_ones_own" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    mysql_password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql"
    mysql_password_kms_key_arn   = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"
  }

  assert {
    condition = [for statement in jsondecode(output.policy_documents.producer).Statement : statement if statement.Sid == "MySqlPasswordKey"] == [{
      Sid       = "MySqlPasswordKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = ["arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"]
      Condition = { StringEquals = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql" } }
    }]
    error_message = "The producer cannot decrypt its password, or more than it."
  }
}
