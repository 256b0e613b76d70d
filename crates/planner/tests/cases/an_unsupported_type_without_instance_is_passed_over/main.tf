resource "lab_queue" "jobs" {
  count = 0
  depth = 1
}
resource "lab_table" "orders" {
  name = "orders"
}
