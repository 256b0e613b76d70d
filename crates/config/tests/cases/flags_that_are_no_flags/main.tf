variable "a" {
  sensitive   = 1
  nullable    = var.x
  ephemeral   = "true"
  description = 5
}
output "b" {
  value       = 1
  sensitive   = "yes"
  description = "a ${var.x}"
}
output "c" {
  sensitive = true
}
