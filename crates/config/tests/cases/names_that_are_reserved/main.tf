variable "source" {}
variable "version" {}
variable "providers" {}
variable "count" {}
variable "for_each" {}
variable "lifecycle" {}
variable "depends_on" {}
variable "locals" {}
variable "location" {}
provider "aws" {
  count      = 1
  for_each   = {}
  depends_on = []
  source     = "x"
  lifecycle {}
  locals {}
}
resource "terraform_data" "a" {
  locals {}
  _ {}
}
