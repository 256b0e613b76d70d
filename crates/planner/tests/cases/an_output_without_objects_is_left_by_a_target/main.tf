resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "events" {
  name = "events"
}
output "orders" {
  value = lab_table.orders.name
}
output "events" {
  value = lab_table.events.name
}
output "constant" {
  value = 1
}
