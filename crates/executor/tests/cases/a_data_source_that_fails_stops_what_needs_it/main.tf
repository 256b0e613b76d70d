data "lab_lookup" "orders" {
  name = "missing"
}
resource "lab_table" "events" {
  name = "events"
  note = data.lab_lookup.orders.value
}
