variable "name" {}

resource "terraform_data" "inner" {
  input = var.name
}

output "text" {
  value = "got ${var.name}"
}

output "id" {
  value = terraform_data.inner.id
}
