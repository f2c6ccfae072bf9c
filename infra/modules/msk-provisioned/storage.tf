# Storage that grows with the topics: MSK has no other answer to a full disk than a broker that stops.
resource "aws_appautoscaling_target" "storage" {
  count = var.max_storage_gib == null ? 0 : 1

  service_namespace  = "kafka"
  scalable_dimension = "kafka:broker-storage:VolumeSize"
  resource_id        = aws_msk_cluster.this.arn
  # MSK asks for 1: it only ever scales out.
  min_capacity = 1
  max_capacity = var.max_storage_gib
  tags         = var.tags
}

resource "aws_appautoscaling_policy" "storage" {
  count = var.max_storage_gib == null ? 0 : 1

  name               = "${var.name}-broker-storage"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.storage[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.storage[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.storage[0].resource_id

  target_tracking_scaling_policy_configuration {
    # MSK's advice is 50 to 60 percent: a volume can be grown only once in six hours.
    target_value     = 60
    disable_scale_in = true

    predefined_metric_specification {
      predefined_metric_type = "KafkaBrokerStorageUtilization"
    }
  }
}
