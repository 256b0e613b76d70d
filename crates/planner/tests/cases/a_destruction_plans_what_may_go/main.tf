resource "lab_table" "orders" {
  name = "orders"
  lifecycle {
    prevent_destroy = true
  }
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders.name
}
