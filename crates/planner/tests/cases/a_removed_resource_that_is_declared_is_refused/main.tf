resource "lab_table" "orders" {
  name = "orders"
}
removed {
  from = lab_table.orders
}
