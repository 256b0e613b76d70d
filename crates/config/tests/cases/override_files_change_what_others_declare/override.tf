terraform {
  required_version = ">= 1"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
  backend "s3" {}
}
variable "name" {
  default = "changed"
}
locals {
  changed = 2
}
resource "terraform_data" "a" {
  for_each = {}
  input    = "changed"
  lifecycle {
    ignore_changes = [triggers_replace]
  }
}
output "name" {
  sensitive = true
}
provider "aws" {}
