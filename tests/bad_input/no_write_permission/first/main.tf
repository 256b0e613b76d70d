resource "terraform_data" "orders" {
  input = "open"
}
