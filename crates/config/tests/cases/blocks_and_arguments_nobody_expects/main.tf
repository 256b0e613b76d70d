resorce "a" "b" {}
x = 1
variable = 2
output "a" {
  valeu = 1
}
variable "b" {
  typo = 1
  default {}
}
terraform {
  backends "s3" {}
  required_versions = "1"
}
locals {
  x {}
}
required_providers {}
