resource "terraform_data" "absent" {}
data "aws_region" "absent" {}
variable "absent" {}
output "absent" {}
module "absent" {}
locals {
  absent = 1
}
provider "aws" { alias = "absent" }
variable "a" {
  validation {}
}
resource "terraform_data" "a" {
  depends_on = [terraform_data.b]
  lifecycle {
    precondition {}
  }
}
output "a" {
  depends_on = []
  precondition {}
}
moved {}
import {}
check "a" {}
nonsense "a" {}
resource "terraform_data" {}
