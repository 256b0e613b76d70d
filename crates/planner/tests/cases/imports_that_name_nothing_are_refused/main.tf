resource "terraform_data" "orders" {
  count = 1
}
import {
  to = terraform_data.orders[3]
  id = "a"
}
import {
  to = terraform_data.events
  id = "b"
}
import {
  to = lab_table.events
  id = "c"
}
resource "lab_table" "events" {
  name = "events"
}
