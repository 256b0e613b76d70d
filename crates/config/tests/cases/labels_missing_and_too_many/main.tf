variable {}
variable "a" "b" {}
resource "terraform_data" {}
resource {}
locals "x" {}
terraform "x" {}
output "a" "b" "c" {
  value = 1
}
terraform {
  backend {}
}
