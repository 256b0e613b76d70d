terraform {
  required_version = "~> 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
  backend "s3" {
    bucket = "states"
    key    = "orders"
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}

variable "size" {
  type        = number
  default     = 1
  description = "How many."
  nullable    = false
}

variable "key" {
  sensitive = true
  ephemeral = true
}

locals {
  a = 1
  b = var.size
}

resource "aws_dynamodb_table" "orders" {
  count      = var.size
  provider   = aws.west
  name       = "orders"
  depends_on = [terraform_data.first, data.aws_region.here]

  lifecycle {
    create_before_destroy = true
    prevent_destroy       = true
    ignore_changes        = [read_capacity, tags["team"], ttl[0].enabled]
  }
}

resource "terraform_data" "first" {
  for_each = toset(["a"])
  lifecycle {
    create_before_destroy = "false"
    ignore_changes        = all
  }
}

data "aws_region" "here" {}

output "id" {
  value       = aws_dynamodb_table.orders[*].id
  description = "The ids."
  sensitive   = true
  depends_on  = [terraform_data.first]
}
