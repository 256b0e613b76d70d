variable "owner" {
  type = string
}

output "owner" {
  value = var.owner
}
