# MSK has no deletion protection, and a cluster takes its records with it. This resource is replaced with the cluster, and may
# be neither replaced nor destroyed: so a plan that would do either to the cluster is refused, whatever caused it.
# To destroy the cluster on purpose: `terraform state rm` this resource's address, then `terraform destroy`.
resource "terraform_data" "destroy_guard" {
  count = var.prevent_destroy ? 1 : 0

  triggers_replace = aws_msk_cluster.this.arn

  lifecycle {
    prevent_destroy = true
  }
}
