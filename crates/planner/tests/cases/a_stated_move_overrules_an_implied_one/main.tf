resource "lab_table" "orders" {
  name = "orders"
}
moved {
  from = lab_table.orders[1]
  to   = lab_table.orders
}
