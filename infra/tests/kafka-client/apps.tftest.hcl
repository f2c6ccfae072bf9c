# What the user data installs and starts. infra/tests/user-data.infra.test.ts runs the script that the first run renders.
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
  kafka_archive_sha512 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
}

run "starts_all_three_apps" {
  module { source = "./modules/kafka-client" }
  variables {
    external_id                  = "pinpipe/2026"
    lake                         = "s3://pinpipe-111122223333/pinpipe"
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
}
