variable "a" {}
resource "terraform_data" "a" {}
output "a" { value = 1 }
