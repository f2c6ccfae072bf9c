# Who may take the roles, and what bounds them.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_arn       = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5"
  topic_prefix      = "0af8d0adfd13"
  trusted_role_arns = ["arn:aws:iam::111122223333:role/pinpipe-client", "arn:aws:iam::444455556666:role/ops/deployer"]
}

run "gives_each_app_the_arn_of_its_role" {
  module { source = "./modules/msk-iam-policies" }
  variables { name = "posts" }
  override_resource {
    target = aws_iam_role.app["consumer"]
    values = { arn = "arn:aws:iam::111122223333:role/posts-consumer" }
  }

  assert {
    condition     = output.role_arns.consumer == "arn:aws:iam::111122223333:role/posts-consumer" && output.role_names.consumer == "posts-consumer"
    error_message = "The consumer's role is ${output.role_arns.consumer}."
  }
}

run "trusts_the_given_roles_and_nobody_else" {
  module { source = "./modules/msk-iam-policies" }

  assert {
    condition = jsondecode(output.trust_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "TrustedRoles"
        Effect    = "Allow"
        Principal = { AWS = ["arn:aws:iam::111122223333:role/pinpipe-client", "arn:aws:iam::444455556666:role/ops/deployer"] }
        Action    = "sts:AssumeRole"
      }]
    }
    error_message = "The trust policy is ${output.trust_policy}."
  }
}

run "asks_for_the_external_id" {
  module { source = "./modules/msk-iam-policies" }
  variables { external_id = "pinpipe:a-secret/of,both" }

  assert {
    condition     = [for statement in jsondecode(output.trust_policy).Statement : statement.Condition] == [{ StringEquals = { "sts:ExternalId" = "pinpipe:a-secret/of,both" } }]
    error_message = "The trust policy is ${output.trust_policy}."
  }
}

run "bounds_the_roles_when_asked" {
  module { source = "./modules/msk-iam-policies" }
  variables { permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundaries/apps" }

  assert {
    condition     = alltrue([for role in aws_iam_role.app : role.permissions_boundary == "arn:aws:iam::111122223333:policy/boundaries/apps"])
    error_message = "A role has no boundary."
  }
}
