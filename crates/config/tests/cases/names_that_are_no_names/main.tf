variable "1a" {}
output "a b" {
  value = 1
}
provider "a.b" {}
resource "terraform_data" "0" {}
resource "a/b" "ok" {}
data "aws_region" "" {}
locals {
  "quoted" = 1
}
