resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "events" {
  count = length(lab_table.orders.id)
  name = "x"
}
