resource "terraform_data" "orders" {
  input = "paid"
}
