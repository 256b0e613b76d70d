resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "broken" {
  name = "broken"
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders.id
}
