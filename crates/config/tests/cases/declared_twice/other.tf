resource "terraform_data" "a" {}
resource "terraform_data" "a" {}
data "aws_region" "a" {}
data "aws_region" "a" {}
resource "aws_region" "a" {}
terraform {
  backend "local" {}
  required_providers {
    aws = "5.0"
  }
}
terraform {
  backend "s3" {}
  required_providers {
    aws = "6.0"
  }
}
