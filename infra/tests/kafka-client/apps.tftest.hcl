# What the user data installs and starts. infra/tests/user-data.infra.test.ts runs it.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  vpc_id                    = "vpc-0a1b2c3d4e5f60718"
  subnet_id                 = "subnet-0a1b2c3d4e5f60718"
  cluster_security_group_id = "sg-0c1c2c3c4c5c6c7c8"
  bootstrap_servers         = "b-1.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098,b-2.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098"
  topic_prefix              = "0af8d0adfd13"
  role_arns = {
    producer    = "arn:aws:iam::111122223333:role/pinpipe-producer"
    consumer    = "arn:aws:iam::111122223333:role/pinpipe-consumer"
    topic-admin = "arn:aws:iam::111122223333:role/pinpipe-topic-admin"
    read-only   = "arn:aws:iam::111122223333:role/pinpipe-read-only"
  }
  kafka_archive_sha512 = "aef2d4d6ee44fadd376aea53cdc36a2e23bf2f0bc54b8f4795ed8204955b4ec6facb485615ea11cfbd70826c11243bb06cdd99add934b4765e7b9d4d7bd09839"
  tags                 = { team = "data" }
}

run "starts_all_three_apps" {
  module { source = "./modules/kafka-client" }
  variables {
    external_id                  = "pinpipe/2026"
    lake                         = "s3://pinpipe-111122223333/pinpipe"
    consumer_group               = "lake"
    mysql_password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql-password"
    mysql = {
      security_group_id = "sg-0d1d2d3d4d5d6d7d8"
      tls_ca = {
        url    = "https://truststore.pki.rds.amazonaws.com/eu-west-1/eu-west-1-bundle.pem"
        sha256 = "4444444444444444444444444444444444444444444444444444444444444444"
      }
    }
    apps = {
      producer = {
        archive  = "s3://pinpipe-111122223333/releases/producer/producer-1.2.3.tgz"
        sha256   = "1111111111111111111111111111111111111111111111111111111111111111"
        settings = { MYSQL_URL = "mysql://reader@db.internal:3306/pinterest_data" }
      }
      consumer = {
        archive  = "s3://pinpipe-111122223333/releases/consumer/consumer-1.2.3.tgz"
        sha256   = "2222222222222222222222222222222222222222222222222222222222222222"
        settings = { PINPIPE_MAX_AGE = "1m", PINPIPE_COMPRESSION = "gzip" }
      }
      topic-admin = {
        archive = "https://example.com/topic-admin-1.2.3.tgz"
        sha256  = "3333333333333333333333333333333333333333333333333333333333333333"
      }
    }
  }

  assert {
    condition = regexall("(?m)^/usr/local/bin/pinpipe-deploy .*$", output.user_data) == tolist([
      "/usr/local/bin/pinpipe-deploy topic-admin 'https://example.com/topic-admin-1.2.3.tgz' '3333333333333333333333333333333333333333333333333333333333333333'",
      "/usr/local/bin/pinpipe-deploy consumer 's3://pinpipe-111122223333/releases/consumer/consumer-1.2.3.tgz' '2222222222222222222222222222222222222222222222222222222222222222'",
      "/usr/local/bin/pinpipe-deploy producer 's3://pinpipe-111122223333/releases/producer/producer-1.2.3.tgz' '1111111111111111111111111111111111111111111111111111111111111111'",
    ])
    error_message = "The apps are not deployed in the order topic-admin, consumer, producer."
  }

  assert {
    condition = output.start_apps_commands == {
      producer    = "sudo /usr/local/bin/pinpipe-deploy producer s3://pinpipe-111122223333/releases/producer/producer-1.2.3.tgz 1111111111111111111111111111111111111111111111111111111111111111"
      consumer    = "sudo /usr/local/bin/pinpipe-deploy consumer s3://pinpipe-111122223333/releases/consumer/consumer-1.2.3.tgz 2222222222222222222222222222222222222222222222222222222222222222"
      topic-admin = "sudo /usr/local/bin/pinpipe-deploy topic-admin https://example.com/topic-admin-1.2.3.tgz 3333333333333333333333333333333333333333333333333333333333333333"
    }
    error_message = "start_apps_commands says something else."
  }

  assert {
    condition     = strcontains(output.user_data, "[ -e '/etc/pinpipe/mysql-ca.pem' ] || /usr/local/bin/pinpipe-fetch 'https://truststore.pki.rds.amazonaws.com/eu-west-1/eu-west-1-bundle.pem' '4444444444444444444444444444444444444444444444444444444444444444' '/etc/pinpipe/mysql-ca.pem'\n")
    error_message = "The authorities of MySQL's certificate are not downloaded, or with another checksum."
  }
  assert {
    condition     = strcontains(output.user_data, "\nMYSQL_PASSWORD=ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql-password\n")
    error_message = "The producer does not read its password from the parameter."
  }
}

run "installs_nothing_but_what_its_checksums_pin" {
  module { source = "./modules/kafka-client" }

  assert {
    condition = regexall("(?m)^.*/usr/local/bin/pinpipe-fetch '.*$", output.user_data) == tolist([
      "  /usr/local/bin/pinpipe-fetch 'https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz' '${var.kafka_archive_sha512}' \"$work/kafka.tgz\"",
      "  /usr/local/bin/pinpipe-fetch 'https://github.com/aws/aws-msk-iam-auth/releases/download/v2.3.4/aws-msk-iam-auth-2.3.4-all.jar' '5756e01dc33c203f1e5fb7076c475b393e28e7d4ef528f3b604db6da5e979a6a' \"$work/aws-msk-iam-auth.jar\"",
    ])
    error_message = "Something else is downloaded, or with another checksum."
  }

  assert {
    condition     = strcontains(output.user_data, "\npackages='java-11-amazon-corretto-headless nodejs24'\n")
    error_message = "Other packages are installed."
  }
}

run "downloads_from_other_mirrors" {
  module { source = "./modules/kafka-client" }
  variables {
    kafka_archive_url       = "https://mirror.example.com/apache/kafka_2.12-2.8.1.tgz"
    kafka_archive_sha512    = "AEF2D4D6EE44FADD376AEA53CDC36A2E23BF2F0BC54B8F4795ED8204955B4EC6FACB485615EA11CFBD70826C11243BB06CDD99ADD934B4765E7B9D4D7BD09839"
    msk_iam_auth_jar_url    = "https://mirror.example.com/aws-msk-iam-auth-2.3.4-all.jar"
    msk_iam_auth_jar_sha256 = "5756E01DC33C203F1E5FB7076C475B393E28E7D4EF528F3B604DB6DA5E979A6A"
  }

  assert {
    condition     = strcontains(output.user_data, "'https://mirror.example.com/apache/kafka_2.12-2.8.1.tgz' 'aef2d4d6ee44fadd376aea53cdc36a2e23bf2f0bc54b8f4795ed8204955b4ec6facb485615ea11cfbd70826c11243bb06cdd99add934b4765e7b9d4d7bd09839'")
    error_message = "Kafka comes from elsewhere, or its checksum kept its capitals."
  }

  assert {
    condition     = strcontains(output.user_data, "'https://mirror.example.com/aws-msk-iam-auth-2.3.4-all.jar' '5756e01dc33c203f1e5fb7076c475b393e28e7d4ef528f3b604db6da5e979a6a'")
    error_message = "The login module comes from elsewhere, or its checksum kept its capitals."
  }
}

run "has_kafkas_tools_work_as_topic_admin" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = output.client_properties == <<-EOT
      security.protocol=SASL_SSL
      sasl.mechanism=AWS_MSK_IAM
      sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsAddDefaultProviders="false" awsRoleArn="arn:aws:iam::111122223333:role/pinpipe-topic-admin" awsRoleSessionName="pinpipe-topic-admin" awsStsRegion="eu-west-1";
      sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
    EOT
    error_message = "client.properties is ${output.client_properties}."
  }

  assert {
    condition     = strcontains(output.user_data, "CLIENT_PROPERTIES'\n${output.client_properties}CLIENT_PROPERTIES\n")
    error_message = "Another file is installed than the output shows."
  }

  assert {
    condition = output.create_topics_commands == [for suffix in ["pin", "geo", "user"] :
      "kafka-topics.sh --bootstrap-server \"$BOOTSTRAP_SERVER\" --command-config /opt/kafka_2.12-2.8.1/bin/client.properties --create --if-not-exists --topic 0af8d0adfd13.${suffix}"
    ]
    error_message = "create_topics_commands says something else."
  }
}

run "gives_the_external_id_to_kafkas_tools_and_to_each_app" {
  module { source = "./modules/kafka-client" }
  variables {
    external_id = "pinpipe/2026"
  }

  assert {
    condition     = strcontains(output.client_properties, " awsRoleExternalId=\"pinpipe/2026\" ")
    error_message = "client.properties has no external id."
  }

  assert {
    condition     = length(regexall("(?m)^external_id = pinpipe/2026$", output.user_data)) == 4
    error_message = "A profile has no external id."
  }
}

run "gives_each_app_a_profile_of_its_own" {
  module { source = "./modules/kafka-client" }

  assert {
    condition = strcontains(output.user_data, <<-EOT
      [profile producer]
      region = eu-west-1
      role_arn = arn:aws:iam::111122223333:role/pinpipe-producer
      role_session_name = pinpipe-producer
      credential_source = Ec2InstanceMetadata
    EOT
    )
    error_message = "The producer has another profile."
  }

  assert {
    condition     = regexall("(?m)^.profile .*$", output.user_data) == tolist(["[profile consumer]", "[profile producer]", "[profile read-only]", "[profile topic-admin]"])
    error_message = "There are other profiles."
  }
}

run "starts_no_app_unless_asked_to" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = !strcontains(output.user_data, "/etc/pinpipe/producer.settings") && length(regexall("(?m)^/usr/local/bin/pinpipe-deploy ", output.user_data)) == 0
    error_message = "An app has settings, or is deployed."
  }

  assert {
    condition     = length(output.start_apps_commands) == 0
    error_message = "There is an app to start."
  }
}

run "prepares_an_app_without_an_archive" {
  module { source = "./modules/kafka-client" }
  variables {
    apps = { producer = { settings = { MYSQL_URL = "generate:1000" } } }
  }

  assert {
    condition = strcontains(output.user_data, <<-EOT
      put 0644 root /etc/pinpipe/producer.settings <<'SETTINGS'
      AWS_CONFIG_FILE=/etc/pinpipe/aws-config
      AWS_PROFILE=producer
      AWS_REGION=eu-west-1
      KAFKA_AUTH=msk-iam
      KAFKA_BROKERS=${var.bootstrap_servers}
      MYSQL_URL=generate:1000
      TOPIC_PREFIX=0af8d0adfd13
      SETTINGS
    EOT
    )
    error_message = "The producer has other settings."
  }

  assert {
    condition     = length(regexall("(?m)^/usr/local/bin/pinpipe-deploy ", output.user_data)) == 0
    error_message = "It is deployed without an archive."
  }

  assert {
    condition     = output.start_apps_commands == { producer = "sudo /usr/local/bin/pinpipe-deploy producer <archive> <sha256>" }
    error_message = "start_apps_commands says something else."
  }
}

run "refuses_user_data_that_ec2_would_not_take" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = {
      topic-admin = { settings = { LOG_LEVEL = join("", [for _ in range(1000) : "long and longer "]) } }
    }
  }
  expect_failures = [aws_instance.client]
}

run "refuses_bootstrap_servers_of_another_port" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    bootstrap_servers = "b-1.example.com:9092"
  }
  expect_failures = [var.bootstrap_servers]
}

run "refuses_bootstrap_servers_with_spaces" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    bootstrap_servers = "b-1.example.com:9098, b-2.example.com:9098"
  }
  expect_failures = [var.bootstrap_servers]
}

run "refuses_a_topic_prefix_with_its_dot" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    topic_prefix = "0af8d0adfd13."
  }
  expect_failures = [var.topic_prefix]
}

run "refuses_a_role_too_few" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    role_arns = { producer = "arn:aws:iam::111122223333:role/pinpipe-producer" }
  }
  expect_failures = [var.role_arns]
}

run "refuses_a_role_that_is_a_user" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    role_arns = {
      producer    = "arn:aws:iam::111122223333:user/ann"
      consumer    = "arn:aws:iam::111122223333:role/pinpipe-consumer"
      topic-admin = "arn:aws:iam::111122223333:role/pinpipe-topic-admin"
      read-only   = "arn:aws:iam::111122223333:role/pinpipe-read-only"
    }
  }
  expect_failures = [var.role_arns]
}

run "refuses_an_external_id_with_a_quote" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    external_id = "a\"b"
  }
  expect_failures = [var.external_id]
}

run "refuses_another_kafka" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    kafka_archive_url = "https://archive.apache.org/dist/kafka/3.9.0/kafka_2.13-3.9.0.tgz"
  }
  expect_failures = [var.kafka_archive_url]
}

run "refuses_kafka_without_tls" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    kafka_archive_url = "http://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz"
  }
  expect_failures = [var.kafka_archive_url]
}

run "refuses_a_kafka_checksum_that_is_a_sha256" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    kafka_archive_sha512 = "4444444444444444444444444444444444444444444444444444444444444444"
  }
  expect_failures = [var.kafka_archive_sha512]
}

run "refuses_a_login_module_that_needs_java_17" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    msk_iam_auth_jar_url = "https://github.com/aws/aws-msk-iam-auth/releases/download/v2.3.5/aws-msk-iam-auth-2.3.5-all.jar"
  }
  expect_failures = [var.msk_iam_auth_jar_url]
}

run "refuses_a_login_module_that_falls_back" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    msk_iam_auth_jar_url = "https://github.com/aws/aws-msk-iam-auth/releases/download/v1.1.5/aws-msk-iam-auth-1.1.5-all.jar"
  }
  expect_failures = [var.msk_iam_auth_jar_url]
}

run "refuses_an_address_that_ends_the_quotes" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    msk_iam_auth_jar_url = "https://example.com/';reboot;'/aws-msk-iam-auth-2.3.4-all.jar"
  }
  expect_failures = [var.msk_iam_auth_jar_url]
}

run "refuses_a_login_module_without_a_checksum" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    msk_iam_auth_jar_sha256 = ""
  }
  expect_failures = [var.msk_iam_auth_jar_sha256]
}

run "refuses_an_app_that_is_none" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { worker = {} }
  }
  expect_failures = [var.apps]
}

run "refuses_an_archive_without_a_checksum" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { archive = "s3://bucket/releases/topic-admin.tgz" } }
  }
  expect_failures = [var.apps]
}

run "refuses_an_archive_without_tls" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { archive = "http://example.com/topic-admin.tgz", sha256 = "3333333333333333333333333333333333333333333333333333333333333333" } }
  }
  expect_failures = [var.apps]
}

run "refuses_an_archive_that_ends_the_quotes" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { archive = "s3://bucket/';reboot;'.tgz", sha256 = "3333333333333333333333333333333333333333333333333333333333333333" } }
  }
  expect_failures = [var.apps]
}

run "refuses_an_archive_checksum_that_is_too_short" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { archive = "s3://bucket/releases/topic-admin.tgz", sha256 = "3333" } }
  }
  expect_failures = [var.apps]
}

run "refuses_a_setting_that_is_a_flag" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { settings = { "--log-level" = "debug" } } }
  }
  expect_failures = [var.apps]
}

run "refuses_a_setting_of_two_lines" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { settings = { LOG_LEVEL = "debug\nSETTINGS\nreboot" } } }
  }
  expect_failures = [var.apps]
}

run "refuses_a_setting_that_the_module_makes" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { settings = { KAFKA_BROKERS = "b-1.example.com:9092" } } }
  }
  expect_failures = [var.apps]
}

run "refuses_credentials_among_the_settings" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { topic-admin = { settings = { AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE" } } }
  }
  expect_failures = [var.apps]
}

run "refuses_a_password_among_the_settings" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { producer = { settings = { MYSQL_URL = "generate:1", MYSQL_PASSWORD = "secret" } } }
  }
  expect_failures = [var.apps]
}

run "refuses_a_password_in_an_address" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { cidr = "10.0.3.17/32" }
    apps  = { producer = { settings = { MYSQL_URL = "mysql://reader:secret@db.internal/pinterest_data" } } }
  }
  expect_failures = [var.apps]
}

run "refuses_a_producer_without_a_source" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { producer = {} }
  }
  expect_failures = [var.apps]
}

run "refuses_a_producer_that_cannot_reach_its_mysql" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { producer = { settings = { MYSQL_URL = "mysql://reader@db.internal/pinterest_data" } } }
  }
  expect_failures = [var.mysql]
}

run "refuses_a_consumer_without_a_lake" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    apps = { consumer = {} }
  }
  expect_failures = [var.lake]
}

run "refuses_a_lake_in_a_folder" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    lake = "dir:./lake"
  }
  expect_failures = [var.lake]
}

run "refuses_a_lake_that_ends_in_a_slash" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    lake = "s3://pinpipe-111122223333/pinpipe/"
  }
  expect_failures = [var.lake]
}

run "refuses_a_group_with_a_space" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    consumer_group = "the lake"
  }
  expect_failures = [var.consumer_group]
}

run "refuses_a_password_instead_of_a_parameter" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql_password_parameter_arn = "secret"
  }
  expect_failures = [var.mysql_password_parameter_arn]
}
