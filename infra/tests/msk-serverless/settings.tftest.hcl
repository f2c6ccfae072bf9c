mock_provider "aws" {
  source = "./tests/mocks"
}

# Plans only: a guarded cluster could not be taken down after the test.
variables {
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0aaa", "subnet-0bbb"]
}

run "guards_the_cluster_unless_told_otherwise" {
  command = plan
  module { source = "./modules/msk-serverless" }

  assert {
    condition     = length(terraform_data.destroy_guard) == 1
    error_message = "Nothing guards the cluster."
  }
}

run "refuses_a_name_that_msk_refuses" {
  command = plan
  module { source = "./modules/msk-serverless" }
  variables { name = "pin_pipe" }
  expect_failures = [var.name]
}

run "refuses_a_vpc_that_is_no_id" {
  command = plan
  module { source = "./modules/msk-serverless" }
  variables { vpc_id = "main" }
  expect_failures = [var.vpc_id]
}

run "refuses_a_single_subnet" {
  command = plan
  module { source = "./modules/msk-serverless" }
  variables { subnet_ids = ["subnet-0aaa"] }
  expect_failures = [var.subnet_ids]
}

run "refuses_a_subnet_twice" {
  command = plan
  module { source = "./modules/msk-serverless" }
  variables { subnet_ids = ["subnet-0aaa", "subnet-0bbb", "subnet-0aaa"] }
  expect_failures = [var.subnet_ids]
}

run "refuses_a_subnet_that_is_no_id" {
  command = plan
  module { source = "./modules/msk-serverless" }
  variables { subnet_ids = ["subnet-0aaa", "private-b"] }
  expect_failures = [var.subnet_ids]
}
