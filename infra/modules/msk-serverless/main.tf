# MSK Serverless: brokers, storage and Kafka's version are AWS's business; clients log in by IAM, over TLS, on port 9098.
resource "aws_msk_serverless_cluster" "this" {
  cluster_name = var.name

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.cluster.id]
  }

  client_authentication {
    sasl {
      iam {
        enabled = true
      }
    }
  }

  tags = var.tags
}

# Without a rule nothing passes, in or out. Each client adds its own rule to this group (as module kafka-client does).
resource "aws_security_group" "cluster" {
  #checkov:skip=CKV2_AWS_5:It is the brokers' group, above, in a block that checkov does not follow
  name        = "${var.name}-msk"
  description = "Brokers of the MSK cluster ${var.name}. Each client adds its own rule."
  vpc_id      = var.vpc_id
  tags        = var.tags
}
