resource "terraform_data" "orders" {
  input = "orders"
}

resource "terraform_data" "events" {
  count = 1
}
