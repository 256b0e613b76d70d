resource "lab_network" "orders" {
  name = "orders"
}
resource "lab_network" "events" {
  name = "events"
}
resource "lab_network" "half" {
  name = "half"
}
