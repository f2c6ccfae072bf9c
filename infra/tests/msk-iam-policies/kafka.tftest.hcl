# What the roles may do on the cluster. That it is what the apps need is tested in msk-policies.infra.test.ts.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_arn       = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5"
  topic_prefix      = "0af8d0adfd13"
  trusted_role_arns = ["arn:aws:iam::111122223333:role/pinpipe-client"]
}

run "makes_a_role_for_each_app_with_its_own_policy" {
  module { source = "./modules/msk-iam-policies" }
  variables { tags = { team = "data" } }

  assert {
    condition = output.role_names == {
      producer    = "pinpipe-producer"
      consumer    = "pinpipe-consumer"
      topic-admin = "pinpipe-topic-admin"
      read-only   = "pinpipe-read-only"
    }
    error_message = "The roles are ${jsonencode(output.role_names)}."
  }
  assert {
    condition     = alltrue([for app, policy in aws_iam_role_policy.app : policy.role == output.role_names[app] && policy.policy == output.policy_documents[app]])
    error_message = "A policy is not with its role."
  }
  assert {
    condition     = alltrue([for role in aws_iam_role.app : role.tags.team == "data" && role.permissions_boundary == null && role.assume_role_policy == output.trust_policy])
    error_message = "A role has other tags, a boundary, or another trust policy."
  }
  assert {
    condition     = keys(output.role_arns) == keys(output.policy_documents)
    error_message = "role_arns and policy_documents are about different apps."
  }
}

run "by_default_deletes_nothing_and_sets_no_offsets" {
  module { source = "./modules/msk-iam-policies" }

  assert {
    condition     = !strcontains(jsonencode(output.policy_documents), "Delete")
    error_message = "Something may be deleted."
  }
  assert {
    condition     = sort(flatten([for statement in jsondecode(output.policy_documents.topic-admin).Statement : statement.Action if statement.Sid == "Group"])) == tolist(["kafka-cluster:DescribeGroup"])
    error_message = "topic-admin may do more to a group than look at it."
  }
}

run "lets_topic_admin_alone_delete_topics_when_that_is_allowed" {
  module { source = "./modules/msk-iam-policies" }
  variables { allow_topic_deletion = true }

  assert {
    condition     = [for app, document in output.policy_documents : app if strcontains(document, "kafka-cluster:DeleteTopic")] == ["topic-admin"]
    error_message = "Not topic-admin alone may delete topics."
  }
  assert {
    condition     = !strcontains(jsonencode(output.policy_documents), "DeleteGroup")
    error_message = "Groups may be deleted."
  }
}

run "lets_topic_admin_set_offsets_when_that_is_allowed" {
  module { source = "./modules/msk-iam-policies" }
  variables { allow_offset_reset = true }

  assert {
    condition     = flatten([for statement in jsondecode(output.policy_documents.topic-admin).Statement : statement.Action if statement.Sid == "Group"]) == ["kafka-cluster:AlterGroup", "kafka-cluster:DeleteGroup", "kafka-cluster:DescribeGroup"]
    error_message = "topic-admin cannot set offsets."
  }
  assert {
    condition     = !strcontains(jsonencode(output.policy_documents), "DeleteTopic")
    error_message = "Topics may be deleted."
  }
  assert {
    condition     = [for app, document in output.policy_documents : app if strcontains(document, "DeleteGroup")] == ["topic-admin"]
    error_message = "Not topic-admin alone may delete the group."
  }
}

run "names_the_catalogues_topics_the_group_and_the_cluster_and_nothing_else" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    consumer_group       = "lake-writers"
    allow_topic_deletion = true
    allow_offset_reset   = true
  }

  assert {
    condition = toset(flatten([
      for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : statement.Resource]
      ])) == toset([
      "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5",
      "arn:aws:kafka:eu-west-1:111122223333:topic/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5/0af8d0adfd13.pin",
      "arn:aws:kafka:eu-west-1:111122223333:topic/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5/0af8d0adfd13.geo",
      "arn:aws:kafka:eu-west-1:111122223333:topic/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5/0af8d0adfd13.user",
      "arn:aws:kafka:eu-west-1:111122223333:group/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5/lake-writers",
    ])
    error_message = "Something else is named."
  }
}

run "allows_with_no_wildcard_in_an_action_and_no_resource_that_is_one" {
  module { source = "./modules/msk-iam-policies" }
  variables {
    allow_topic_deletion         = true
    allow_offset_reset           = true
    extra_topics                 = ["audit"]
    lake                         = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
    releases                     = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
    mysql_password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql"
  }

  assert {
    condition     = alltrue(flatten([for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : [for action in flatten([statement.Action]) : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action))]]]))
    error_message = "An action has a wildcard."
  }
  assert {
    condition     = alltrue(flatten([for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : [for resource in statement.Resource : can(regex("^(arn:aws:(kafka|kms|ssm):[^*?]+|arn:aws:s3:::lake-of-a-test(/[^*?]+/[*])?)$", resource))]]]))
    error_message = "A resource is a wildcard, or has one that is not the end of an S3 prefix."
  }
  assert {
    condition     = alltrue(flatten([for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : statement.Effect == "Allow" && !can(statement.NotAction) && !can(statement.NotResource)]]))
    error_message = "A statement allows by exclusion."
  }
}

run "lets_the_consumer_alone_read_further_topics" {
  module { source = "./modules/msk-iam-policies" }
  variables { extra_topics = ["audit", "0af8d0adfd13.pin"] }

  assert {
    condition     = [for app, document in output.policy_documents : app if strcontains(document, "/audit\"")] == ["consumer"]
    error_message = "Not the consumer alone may read audit."
  }
  assert {
    condition     = length(flatten([for statement in jsondecode(output.policy_documents.consumer).Statement : statement.Resource if statement.Sid == "Topics"])) == 4
    error_message = "A topic is named twice, or not at all."
  }
}

run "lets_who_looks_at_the_cluster_ask_msk_where_it_is" {
  module { source = "./modules/msk-iam-policies" }

  assert {
    condition     = [for app, document in output.policy_documents : app if strcontains(document, "kafka:GetBootstrapBrokers") && strcontains(document, "kafka:DescribeClusterV2")] == ["read-only", "topic-admin"]
    error_message = "The wrong apps may ask for the bootstrap brokers."
  }
}

run "knows_one_prefix" {
  module { source = "./modules/msk-iam-policies" }
  variables { topic_prefix = "team" }
}

run "keeps_prefixes_apart_when_one_begins_like_the_other" {
  module { source = "./modules/msk-iam-policies" }
  variables { topic_prefix = "team.pin" }

  assert {
    condition = length(setintersection(
      flatten([for document in values(output.policy_documents) : [for statement in jsondecode(document).Statement : statement.Resource if statement.Sid == "Topics"]]),
      flatten([for document in values(run.knows_one_prefix.policy_documents) : [for statement in jsondecode(document).Statement : statement.Resource if statement.Sid == "Topics"]]),
    )) == 0
    error_message = "Two prefixes have a topic in common."
  }
}

run "makes_the_arns_of_other_partitions_and_of_serverless_clusters" {
  module { source = "./modules/msk-iam-policies" }
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }
  variables {
    cluster_arn       = "arn:aws-cn:kafka:cn-north-1:111122223333:cluster/orders/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1"
    trusted_role_arns = ["arn:aws-cn:iam::111122223333:role/pinpipe-client"]
    lake              = { bucket_arn = "arn:aws-cn:s3:::lake-of-a-test", prefix = "pinpipe", kms_key_arn = "arn:aws-cn:kms:cn-north-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }
  }

  assert {
    condition     = !strcontains("${jsonencode(output.policy_documents)}${output.trust_policy}", "arn:aws:")
    error_message = "An ARN is of another partition."
  }
  assert {
    condition     = strcontains(output.policy_documents.consumer, "\"kms:ViaService\":\"s3.cn-north-1.amazonaws.com.cn\"")
    error_message = "The key can be used through another service than that region's S3."
  }
  assert {
    condition     = strcontains(output.policy_documents.producer, "arn:aws-cn:kafka:cn-north-1:111122223333:topic/orders/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1/0af8d0adfd13.geo")
    error_message = "The topics of a serverless cluster have another ARN."
  }
}

run "refuses_a_policy_that_iam_would_not_take" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { extra_topics = [for number in range(100) : "topic-with-a-long-name-as-some-have-them-${number}"] }

  expect_failures = [aws_iam_role_policy.app]
}
