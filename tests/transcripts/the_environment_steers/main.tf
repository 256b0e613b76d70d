variable "name" {
  description = "The name of the table."
}

resource "terraform_data" "orders" {
  input = var.name
}

output "name" {
  value = terraform_data.orders.output
}
