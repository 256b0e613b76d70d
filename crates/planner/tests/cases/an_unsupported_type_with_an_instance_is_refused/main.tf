resource "lab_tables" "jobs" {
  depth = 1
}
resource "lab_table" "orders" {
  name = "orders"
}
