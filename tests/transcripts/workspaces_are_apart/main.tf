resource "terraform_data" "orders" {
  input = terraform.workspace
}

output "where" {
  value = terraform.workspace
}
