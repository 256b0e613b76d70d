resource "lab_table" "orders" {
  name = "orders"
}
moved {
  from = lab_table.a
  to   = lab_table.b
}
moved {
  from = lab_table.b
  to   = lab_table.orders
}
