# The folder itself makes nothing: `terraform test` runs from here, on the modules and the examples.
terraform {
  required_version = ">= 1.9"

  required_providers {
    # tflint-ignore: terraform_unused_required_providers # the modules under test use it
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}
