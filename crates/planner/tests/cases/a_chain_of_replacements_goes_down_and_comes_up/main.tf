resource "lab_table" "orders" {
  name = "o2"
}
resource "lab_table" "events" {
  name = "x-${lab_table.orders.id}"
}
