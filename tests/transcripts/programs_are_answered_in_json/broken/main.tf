resource "terraform_data" "orders" {
  input = var.nothing
}
