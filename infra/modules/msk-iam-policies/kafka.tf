# What each app may do on the cluster. The table is that of packages/msk-auth/src/app-grants.ts, where it follows from what the
# apps call; a test keeps the two equal. No action has a wildcard: kafka-cluster:*Topic* would include DeleteTopic.
locals {
  kafka_actions = {
    producer = {
      cluster = ["Connect", "WriteDataIdempotently"]
      topic   = ["DescribeTopic", "WriteData"]
      group   = []
    }
    consumer = {
      cluster = ["Connect"]
      topic   = ["DescribeTopic", "ReadData"]
      group   = ["AlterGroup", "DescribeGroup"]
    }
    # ReadData is for looking at records. The actions on groups that change something are for setting offsets.
    topic-admin = {
      cluster = ["Connect", "DescribeCluster"]
      topic = concat(
        ["AlterTopic", "AlterTopicDynamicConfiguration", "CreateTopic"],
        var.allow_topic_deletion ? ["DeleteTopic"] : [],
        ["DescribeTopic", "DescribeTopicDynamicConfiguration", "ReadData"],
      )
      group = concat(var.allow_offset_reset ? ["AlterGroup", "DeleteGroup"] : [], ["DescribeGroup"])
    }
    read-only = {
      cluster = ["Connect", "DescribeCluster"]
      topic   = ["DescribeTopic", "DescribeTopicDynamicConfiguration"]
      group   = ["DescribeGroup"]
    }
  }

  tables       = jsondecode(file("${path.module}/../../catalogue.json")).tables
  topics       = [for table in local.tables : "${var.topic_prefix}.${table.topic_suffix}"]
  cluster_name = split("/", var.cluster_arn)[1]

  # An ARN of a topic or a group is the cluster's with another word, and the name: exact ones, so that no other prefix fits.
  topic_arn_prefix = replace(var.cluster_arn, ":cluster/", ":topic/")
  group_arn_prefix = replace(var.cluster_arn, ":cluster/", ":group/")
  topic_arns       = [for topic in local.topics : "${local.topic_arn_prefix}/${topic}"]
  extra_topic_arns = [for topic in var.extra_topics : "${local.topic_arn_prefix}/${topic}"]

  kafka_statements = {
    for app, actions in local.kafka_actions : app => [
      for statement in [
        { Sid = "Cluster", actions = actions.cluster, Resource = [var.cluster_arn] },
        {
          Sid      = "Topics"
          actions  = actions.topic
          Resource = distinct(concat(local.topic_arns, app == "consumer" ? local.extra_topic_arns : []))
        },
        { Sid = "Group", actions = actions.group, Resource = ["${local.group_arn_prefix}/${var.consumer_group}"] },
        ] : {
        Sid      = statement.Sid
        Effect   = "Allow"
        Action   = [for action in statement.actions : "kafka-cluster:${action}"]
        Resource = statement.Resource
      } if length(statement.actions) > 0
    ]
  }

  # `aws kafka get-bootstrap-brokers` and `describe-cluster-v2`, granted on the cluster as MSK's guide does it:
  # https://docs.aws.amazon.com/msk/latest/developerguide/security_iam_id-based-policy-examples-access-one-cluster.html
  control_plane_statements = [{
    Sid      = "ControlPlane"
    Effect   = "Allow"
    Action   = ["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"]
    Resource = [var.cluster_arn]
  }]
}
