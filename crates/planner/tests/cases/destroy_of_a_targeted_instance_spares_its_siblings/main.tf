resource "lab_table" "orders" {
  count = 2
  name = "orders-${count.index}"
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders[0].id
}
