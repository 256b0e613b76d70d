resource "terraform_data" "orders" {
  count = 1
}
import {
  to = terraform_data.orders
  id = ""
}
import {
  to = terraform_data.orders["a"]
  id = terraform_data.orders[0].id
}
import {
  to = module.m.terraform_data.orders
  id = null
}
