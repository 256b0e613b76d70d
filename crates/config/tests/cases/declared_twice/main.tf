variable "a" {}
variable "a" {}
locals {
  a = 1
}
locals {
  a = 2
}
output "a" {
  value = 1
}
output "a" {
  value = 2
}
provider "aws" {}
provider "aws" {}
provider "aws" {
  alias = "x"
}
provider "aws" {
  alias = "x"
}
