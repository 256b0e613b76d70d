resource "lab_table" "orders" {
  name = "renamed"
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders.id
}
