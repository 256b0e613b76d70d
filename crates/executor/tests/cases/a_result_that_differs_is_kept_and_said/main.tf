resource "lab_table" "orders" {
  name = "orders"
  size = 1
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders.id
}
