resource "lab_table" "orders" {
  name = "orders"
}
data "lab_lookup" "orders" {
  name = lab_table.orders.id
}
resource "lab_table" "events" {
  name = "events"
  note = data.lab_lookup.orders.value
}
