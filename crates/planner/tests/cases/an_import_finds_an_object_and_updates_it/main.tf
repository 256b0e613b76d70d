resource "terraform_data" "orders" {
  for_each = { a = 1, b = 2 }
  input    = each.value
}
resource "terraform_data" "after" {
  input = terraform_data.orders["a"].id
}
import {
  for_each = { a = "one" }
  to       = terraform_data.orders[each.key]
  id       = each.value
}
