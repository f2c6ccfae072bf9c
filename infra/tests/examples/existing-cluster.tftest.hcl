mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region                    = "eu-west-1"
  cluster_arn               = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/4d5e6f70-8192-4a3b-8c4d-e5f60718293a-5"
  cluster_security_group_id = "sg-0123456789abcdef0"
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_id                 = "subnet-0123456789abcdef0"
  topic_prefix              = "0af8d0adfd13"
  bucket_name               = "pinpipe-111122223333"
  kafka_archive_sha512      = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
}

run "makes_all_for_an_existing_cluster" {
  module { source = "./examples/existing-cluster" }

  assert {
    condition     = output.bootstrap_servers == "b-1.orders.d4e5f6.c5.kafka.eu-west-1.amazonaws.com:9098,b-2.orders.d4e5f6.c5.kafka.eu-west-1.amazonaws.com:9098" && strcontains(module.client.user_data, "export BOOTSTRAP_SERVER='${output.bootstrap_servers}'\n")
    error_message = "The client does not know the cluster."
  }
  assert {
    condition = jsondecode(module.roles.policy_documents["consumer"]).Statement[2].Resource == [
      "arn:aws:kafka:eu-west-1:111122223333:group/orders/4d5e6f70-8192-4a3b-8c4d-e5f60718293a-5/pinpipe",
    ]
    error_message = "The consumer may use other groups than its own."
  }
  assert {
    condition     = !strcontains(join("", values(module.roles.policy_documents)), "DeleteTopic")
    error_message = "Topics may be deleted."
  }
  assert {
    condition     = jsondecode(module.roles.trust_policy).Statement[0].Principal.AWS == [module.client.instance_role_arn]
    error_message = "Somebody else than the client may take on the roles."
  }
  assert {
    condition     = strcontains(module.client.user_data, "PINPIPE_LAKE=s3://pinpipe-111122223333/pinpipe\n") && output.lake == "s3://pinpipe-111122223333/pinpipe"
    error_message = "The consumer stores elsewhere."
  }
  assert {
    condition     = strcontains(output.next_steps, output.connect_command) && !can(regex("<[a-z_-]+>", output.next_steps))
    error_message = "Something is left to fill in: ${output.next_steps}"
  }
}

run "lets_people_in_by_ssh" {
  module { source = "./examples/existing-cluster" }
  variables {
    ssh = { key_name = "0af8d0adfd13", allowed_cidrs = ["203.0.113.7/32"], public_ip = true }
  }

  assert {
    condition     = output.connect_command == "ssh -i 0af8d0adfd13.pem ec2-user@198.51.100.23"
    error_message = "connect_command is ${output.connect_command}"
  }
  assert {
    condition     = strcontains(output.next_steps, "\n     ssh -i 0af8d0adfd13.pem ec2-user@198.51.100.23\n")
    error_message = "next_steps does not say how to connect."
  }
}

run "reads_a_mysql" {
  module { source = "./examples/existing-cluster" }
  variables {
    mysql = {
      url                    = "mysql://reader@db.example:3306/pinterest"
      security_group_id      = "sg-0fedcba9876543210"
      password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql-password"
    }
  }

  assert {
    condition     = strcontains(module.client.user_data, "MYSQL_URL=mysql://reader@db.example:3306/pinterest\n") && strcontains(module.client.user_data, "MYSQL_PASSWORD=ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql-password\n")
    error_message = "The producer does not know its MySQL."
  }
  assert {
    condition     = strcontains(module.roles.policy_documents["producer"], "parameter/pinpipe/mysql-password") && !strcontains(module.roles.policy_documents["consumer"], "mysql-password")
    error_message = "Not the producer alone may read the password."
  }
}

run "lets_topic_admin_delete_topics_and_reset_offsets" {
  module { source = "./examples/existing-cluster" }
  variables {
    allow_topic_deletion = true
    allow_offset_reset   = true
  }

  assert {
    condition     = strcontains(module.roles.policy_documents["topic-admin"], "kafka-cluster:DeleteTopic") && strcontains(module.roles.policy_documents["topic-admin"], "kafka-cluster:DeleteGroup")
    error_message = "topic-admin may not delete topics or reset offsets."
  }
  assert {
    condition     = !strcontains(join("", [for app in ["producer", "consumer", "read-only"] : module.roles.policy_documents[app]]), "DeleteTopic")
    error_message = "Another app may delete topics."
  }
}
