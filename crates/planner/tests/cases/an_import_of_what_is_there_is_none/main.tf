resource "terraform_data" "orders" {
}
import {
  to = terraform_data.orders
  id = "other"
}
