resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders.id
}
resource "lab_table" "apart" {
  name = "apart"
}
