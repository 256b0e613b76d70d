resource "lab_table" "orders" {
  name = "orders"
}
moved {
  from = lab_table.orders
  to   = lab_table.events
}
moved {
  from = lab_table.a
  to   = lab_table.b
}
moved {
  from = lab_table.a
  to   = lab_table.c
}
moved {
  from = lab_table.d
  to   = lab_table.c
}
moved {
  from = lab_table.e
  to   = lab_table.e
}
