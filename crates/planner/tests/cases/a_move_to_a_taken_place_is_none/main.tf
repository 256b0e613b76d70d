resource "lab_table" "orders" {
  name = "orders"
}
moved {
  from = lab_table.old
  to   = lab_table.orders
}
