resource "lab_table" "orders" {
  name = "orders"
  note = lab_table.orders.id
}
resource "lab_table" "events" {
  name = "events"
}
