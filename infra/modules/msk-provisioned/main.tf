# A small cluster of MSK brokers in three zones: one zone may fail, and what was acknowledged is still there.
resource "aws_msk_cluster" "this" {
  cluster_name           = var.name
  kafka_version          = var.kafka_version
  number_of_broker_nodes = var.broker_count
  enhanced_monitoring    = var.enhanced_monitoring

  broker_node_group_info {
    instance_type   = var.instance_type
    client_subnets  = var.subnet_ids
    security_groups = [aws_security_group.cluster.id]

    storage_info {
      ebs_storage_info {
        volume_size = var.initial_storage_gib
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.this.arn
    revision = aws_msk_configuration.this.latest_revision
  }

  # Only IAM: neither anonymous clients nor passwords nor certificates.
  client_authentication {
    unauthenticated = false

    sasl {
      iam   = true
      scram = false
    }
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = var.kms_key_arn

    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.broker.name
      }
    }
  }

  tags = var.tags

  lifecycle {
    # Storage only grows, by the policy in storage.tf or by `aws kafka update-broker-storage`: a plan must not shrink it again.
    ignore_changes = [broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size]
  }
}

# MSK names up to three brokers, and not always the same. Another list would be another user data and so another client, and any
# list leads to the cluster: the first answer is kept.
resource "terraform_data" "bootstrap_servers" {
  input            = aws_msk_cluster.this.bootstrap_brokers_sasl_iam
  triggers_replace = aws_msk_cluster.this.arn

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_msk_configuration" "this" {
  name        = var.name
  description = "Topics are created on purpose, and an acknowledged record is on two brokers."

  server_properties = join("\n", [
    # A misspelt name must be an error, and topic-admin must be the only one that creates topics.
    "auto.create.topics.enable=false",
    "default.replication.factor=3",
    "min.insync.replicas=2",
    # MSK's own default is true: a replica that lags may then become leader, and acknowledged records are lost.
    "unclean.leader.election.enable=false",
    "",
  ])
}

# Without a rule nothing passes, in or out. Each client adds its own rule to this group (as module kafka-client does).
resource "aws_security_group" "cluster" {
  #checkov:skip=CKV2_AWS_5:It is the brokers' group, above, in a block that checkov does not follow
  name        = "${var.name}-msk"
  description = "Brokers of the MSK cluster ${var.name}. Each client adds its own rule."
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_cloudwatch_log_group" "broker" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts with a key of its own, and brokers log no records
  #checkov:skip=CKV_AWS_338:A month is enough to find out why a broker failed; log_retention_days takes more
  name              = "/aws/msk/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}
