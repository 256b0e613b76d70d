variable "count_of_orders" {
  default = 1
}

resource "terraform_data" "orders" {
  count = var.count_of_orders
  input = "order"
}

check "orders_are_there" {
  assert {
    condition     = var.count_of_orders > 1
    error_message = "There is one order only."
  }
}

check "orders_are_many" {
  assert {
    condition     = var.count_of_orders > 2
    error_message = "There are few orders."
  }
}
