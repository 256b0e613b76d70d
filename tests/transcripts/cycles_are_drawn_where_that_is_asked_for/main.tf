resource "terraform_data" "orders" {
  input = terraform_data.events.output
}

resource "terraform_data" "events" {
  input = terraform_data.orders.output
}
