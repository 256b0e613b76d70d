resource "lab_table" "orders" {
  name = "orders"
  size = 2
}
resource "lab_table" "events" {
  name = "events"
}
