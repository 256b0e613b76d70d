resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "events" {
  for_each = toset([lab_table.orders.id])
  name     = "events"
}
