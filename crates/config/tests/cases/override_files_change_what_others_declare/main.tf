terraform {
  required_version = "< 1"
  required_providers {
    aws   = { source = "hashicorp/aws", version = "~> 5.0" }
    other = { source = "hashicorp/other" }
  }
  backend "local" {
    path = "base"
  }
}
variable "name" {
  type        = string
  default     = "base"
  description = "Kept."
}
locals {
  kept    = 1
  changed = 1
}
resource "terraform_data" "a" {
  count            = 2
  input            = "base"
  triggers_replace = "base"
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
  }
}
output "name" {
  value       = "base"
  description = "Kept."
}
