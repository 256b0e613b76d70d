resource "terraform_data" "orders" {
  input = "orders"
}

resource "terraform_data" "events" {
  count = 2
  input = terraform_data.orders.output
}

resource "terraform_data" "by_status" {
  for_each = toset(["open", "a b"])
  input    = each.key
}

output "name" {
  value = terraform_data.orders.output
}

