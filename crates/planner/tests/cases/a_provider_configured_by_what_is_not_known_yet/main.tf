resource "lab_table" "orders" {
  name = "orders"
}
provider "lab" {
  alias = "late"
  endpoint = lab_table.orders.id
}
resource "lab_table" "events" {
  provider = lab.late
  name = "events"
}
