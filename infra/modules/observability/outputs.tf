output "topic_arn" {
  description = "Topic of the alarms; null where nobody is to be told."
  value       = one(aws_sns_topic.alarms[*].arn)
}
